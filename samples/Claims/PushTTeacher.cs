using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Simulation;

namespace Claims;

/// <summary>Who demonstrates and labels Push-T, by name. All of them plan in the simulator itself.</summary>
internal static class PushTTeacher
{
    public const string Lookahead = "lookahead", Steady = "steady", Nimble = "nimble";

    public const string Help = "How the expert plans: 'lookahead' draws its plans from a clone of the humans, 'nimble' searches for one in every step, 'steady' for slow and smooth ones that it follows.";

    private const double Tolerance = 0.5;

    // The mean of a small elite varies less with the draw than the best plan, and a learner that aims higher may be less exact.
    private static readonly PushTExpertOptions NimbleOptions = new() { Averages = true, EliteShare = 0.05 };

    // About as fast and as smooth as the human demonstrations: targets 22 pixels ahead of the agent (human 23), second differences of 6 (human 5; nimble 12).
    private static readonly PushTExpertOptions SteadyOptions = new()
    {
        FollowedSteps = 8, PlanSteps = 24, Knots = 6, Samples = 256, Iterations = 4, SmoothnessWeight = 0.02, InitialDeviation = 40, MaximumSpeed = 20,
    };

    /// <summary>Makes an episode's expert from its seed.</summary>
    /// <param name="name">Which of them.</param>
    /// <param name="aimed">The coverage that those aim for who search for plans.</param>
    /// <param name="clone">Folder of the policy whose futures <see cref="Lookahead"/> imagines.</param>
    /// <param name="noise">Scale of the noise that those futures are drawn with. With little, demonstrations are narrow and seldom show a recovery.</param>
    /// <param name="accelerator">Where that policy computes.</param>
    public static Func<long, IExpert> Of(string name, double aimed, string? clone, double noise, Accelerator accelerator)
    {
        if (name != Lookahead)
        {
            PushTExpertOptions options = (name == Steady ? SteadyOptions : NimbleOptions) with { AimedCoverage = aimed };
            return seed => new PushTExpert(options with { Seed = seed });
        }

        if (clone is null) throw new ArgumentException("The expert that looks ahead imagines a clone's futures: say which with --clone, or choose another --teacher.");
        // As the learner plays, but for the noise, with which futures differ.
        LearnedPolicy policy = LearnedPolicy.Load(clone, accelerator, config => config with
        {
            Horizons = config.Horizons with { Execution = PushTLearner.Executed },
            Head = ((FlowMatchingHeadConfig)config.Head) with { StartNoiseScale = noise, SamplingSteps = PushTLearner.SamplingSteps },
        });
        return seed => new LookaheadExpert(policy, () => new PushTEnvironment(), new LookaheadOptions { Seed = seed, Tolerance = Tolerance });
    }
}
