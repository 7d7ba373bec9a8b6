using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

/// <summary>A point that walks to the origin, and small policies that can learn it in a second.</summary>
internal static class PointEpisodes
{
    public static readonly ObservationSpec Observations = new(new FeatureSpec("position", 2));
    public static readonly ActionSpec Actions = new("point", 2);

    /// <summary>Episodes in which each action is the next position, 20 % nearer to the origin.</summary>
    public static InMemoryEpisodes Make(int count = 6, int length = 20, ulong seed = 1, Action<float[], float[], int>? change = null)
    {
        var random = new RandomStream(seed);
        return new InMemoryEpisodes(Observations, Actions, Enumerable.Range(0, count).Select(e =>
        {
            int steps = length + e;
            float[] positions = new float[2 * steps], actions = new float[2 * steps];
            float x = (float)random.NextNormal(), y = (float)random.NextNormal();
            for (int t = 0; t < steps; t++)
            {
                (positions[2 * t], positions[(2 * t) + 1]) = (x, y);
                (actions[2 * t], actions[(2 * t) + 1]) = (x *= 0.8f, y *= 0.8f);
            }

            change?.Invoke(positions, actions, e);
            return (Episode)new PlainEpisode(positions, actions);
        }));
    }

    public static PolicyConfig Policy(PolicyHeadConfig head) => new()
    {
        Horizons = new Horizons { Observation = 2, Prediction = 4, Execution = 2 },
        Actions = new RelativeActions { ReferenceFeature = "position" },
        Encoder = new ProprioceptionEncoderConfig(),
        Head = head,
    };

    public static MseHeadConfig Mse(double dropout = 0) => new() { HiddenWidth = 16, Blocks = 1, Dropout = dropout };

    public static FlowMatchingHeadConfig Flow() => new() { Denoiser = new ResidualMlpDenoiserConfig { Width = 16, Blocks = 1, ConditionWidth = 8, TimeWidth = 8 }, SamplingSteps = 2 };

    public static LearnedPolicy Create(PolicyHeadConfig head, IEpisodeSource? data = null, long seed = 0) =>
        LearnedPolicy.Create(Policy(head), data ?? Make(), seed, Accelerator.Cpu(1));

    public static readonly TrainerConfig Quick = new()
    {
        Steps = 20, BatchSize = 16, WarmupSteps = 2, LogInterval = 5, ValidationInterval = 5, CheckpointInterval = 1000,
    };

    /// <summary>An episode that checks nothing, so that tests can hide a NaN in it.</summary>
    internal sealed class PlainEpisode(float[] positions, float[] actions) : Episode
    {
        public float[]? Weights { get; init; }

        public float[]? Actors { get; init; }

        public override int Length => actions.Length / 2;

        public override ReadOnlyMemory<float> Actions => actions;

        public override ReadOnlyMemory<float> Feature(string name) =>
            name == "position" ? positions : throw new KeyNotFoundException(name);

        public override ReadOnlyMemory<float>? Annotation(string name) => name switch
        {
            "weight" when Weights is not null => new ReadOnlyMemory<float>(Weights),
            StepActor.Annotation when Actors is not null => new ReadOnlyMemory<float>(Actors),
            _ => default(ReadOnlyMemory<float>?),
        };
    }
}
