using System.Diagnostics.Metrics;

namespace BehaviorCloning.Runtime;

/// <summary>The meter that control loops, guards and executors report through.</summary>
public static class RuntimeMetrics
{
    /// <summary>Name of the meter, to listen to.</summary>
    public const string MeterName = "BehaviorCloning.Runtime";

    internal static readonly Meter Meter = new(MeterName);
}
