namespace BehaviorCloning.Control;

/// <summary>What every controller checks of what it is given.</summary>
internal static class Shapes
{
    public static void Require(int got, int expected, string what)
    {
        if (got != expected) throw new ArgumentException($"The {what} has {got} values; expected {expected}.");
    }

    // One gain a joint, or one for all.
    public static double[] Spread(IReadOnlyList<double> values, int count) => values.Count == 1 ? [.. Enumerable.Repeat(values[0], count)] : [.. values];

    public static IEnumerable<string> GainProblems(IReadOnlyList<double> gains, int count, string name, bool mayBeZero)
    {
        if (gains.Count != 1 && gains.Count != count) yield return $"{name} has {gains.Count} values for {count} dimensions. Give one for all, or one each.";
        foreach (double gain in gains)
        {
            if (!double.IsFinite(gain) || gain < 0 || (gain == 0 && !mayBeZero)) yield return $"{name} {gain} must be finite and {(mayBeZero ? "not negative" : "positive")}.";
        }
    }

    public static void RequireSound(IEnumerable<string> problems, string parameter)
    {
        string[] all = [.. problems];
        if (all.Length > 0) throw new ArgumentException(string.Join(" ", all), parameter);
    }
}
