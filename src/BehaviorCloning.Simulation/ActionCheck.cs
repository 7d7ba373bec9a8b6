namespace BehaviorCloning.Simulation;

/// <summary>What every small world checks of an action before it takes it.</summary>
internal static class ActionCheck
{
    public static void Require(ReadOnlySpan<float> action, ActionSpec spec, bool started)
    {
        if (!started) throw new InvalidOperationException("Reset the environment before its first step.");
        if (action.Length != spec.Dimension)
            throw new ArgumentException($"Action '{spec.Name}' has {spec.Dimension} value{(spec.Dimension == 1 ? "" : "s")}; got {action.Length}.", nameof(action));
        for (int i = 0; i < action.Length; i++)
        {
            if (!float.IsFinite(action[i])) throw new ArgumentException($"Dimension {i} of action '{spec.Name}' is {action[i]}; actions must be finite.", nameof(action));
        }
    }
}
