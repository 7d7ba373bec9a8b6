using BehaviorCloning.Dagger;
using BehaviorCloning.Evaluation;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;

namespace Claims;

/// <summary>Who learns Push-T: the preset, which draws its chunks calmly and executes the first actions of each.</summary>
internal static class PushTLearner
{
    public const double StartNoise = 0.5;
    public const int Executed = 6, SamplingSteps = 10;

    /// <summary>Where batch DAgger looks for its failures.</summary>
    public static FailureSearch Search { get; } = new() { Seeds = new SeedRange(500_000, 500), StepsBefore = 40 };

    public static PolicyConfig Policy(double startNoise = StartNoise, int executed = Executed, int samplingSteps = SamplingSteps)
    {
        PolicyConfig preset = Presets.FlowMatchingPushTState;
        return preset with
        {
            Horizons = preset.Horizons with { Execution = executed },
            Head = ((FlowMatchingHeadConfig)preset.Head) with { StartNoiseScale = startNoise, SamplingSteps = samplingSteps },
        };
    }
}
