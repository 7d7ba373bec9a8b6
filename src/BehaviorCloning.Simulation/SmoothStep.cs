namespace BehaviorCloning.Simulation;

/// <summary>
/// How a hand goes from rest to rest: 35 p⁴ - 84 p⁵ + 70 p⁶ - 20 p⁷, from 0 to 1 while p does, with no speed, acceleration or jerk at either end.
/// </summary>
internal static class SmoothStep
{
    /// <summary>The share of the way, its speed and its acceleration at the share p of the time; it stands before 0 and after 1.</summary>
    public static (double Way, double Speed, double Acceleration) At(double p)
    {
        if (p <= 0) return (0, 0, 0);
        if (p >= 1) return (1, 0, 0);
        double square = p * p;
        return (square * square * (35 + (p * (-84 + (p * (70 - (20 * p)))))),
            square * p * (140 + (p * (-420 + (p * (420 - (140 * p)))))),
            square * (420 + (p * (-1680 + (p * (2100 - (840 * p)))))));
    }
}
