using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;
using BehaviorCloning.Docs;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Tests.Sensing;

/// <summary>Policies whose input is geometry or what a sensor says, from recorded frames to an action.</summary>
public sealed class SeeingPolicyTests(LearnedSensor learned) : IClassFixture<LearnedSensor>
{
    [Fact]
    public void A_policy_runs_on_sparse_features_and_survives_its_folder()
    {
        using var folder = new TemporaryFolder();
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        var spec = new ObservationSpec(new FeatureSpec("agent_position", 2), new FeatureSpec("image", FeatureElement.UInt8, 96, 96, 3));
        Observation[] seen = [.. Enumerable.Range(0, 8).Select(i => new Observation
        {
            ["agent_position"] = new float[] { 100 + (20 * i), 200 - (3 * i) },
            Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["image"] = renderer.Render(new PushTState(100 + (20 * i), 200 - (3 * i), 300, 250, 0.4 * i)) },
        })];
        using LearnedPolicy policy = LearnedPolicy.Create(SensingPages.Sparse(), Recorded(spec, seen), accelerator: Accelerator.Cpu(1));
        policy.Network.Encoder.TokenCount.Should().Be((policy.Horizons.Observation * 8) + 1);
        ObservationHistory history = History(policy, seen[3]);
        policy.Save(folder["policy"]);
        using LearnedPolicy loaded = LearnedPolicy.Load(folder["policy"], Accelerator.Cpu(1));
        loaded.Config.Should().Be(policy.Config);
        float[] chunk = Values(policy.Predict(history));
        chunk.Should().OnlyContain(value => float.IsFinite(value));
        Values(loaded.Predict(history)).Should().Equal(chunk);
        policy.Seed = 0;
        Values(policy.Predict(History(policy, seen[6]))).Should().NotEqual(chunk, "another image");
    }

    [Fact]
    public void A_policy_runs_on_what_a_sensor_says()
    {
        Observation[] seen = [.. Enumerable.Range(0, 8).Select(i => new Observation
        {
            Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["image"] = SquareWorld.Example(SquareWorld.Draw(5) with { X = 20 + (2 * i) }).Frame },
        })];
        var data = new SensedEpisodes(Recorded(learned.Sensor.Inputs, seen), learned.Sensor);
        PolicyConfig config = Presets.FlowMatchingPushTState with
        {
            Features = [new RawFeature("sensed_bar_position"), new AngleSinCos { Feature = "sensed_bar_angle" }],
            ObservationNormalization = new StandardNormalization(),
            FeatureNormalization = new Dictionary<string, NormalizerConfig>(),
            Actions = new AbsoluteActions(),
        };
        using LearnedPolicy policy = LearnedPolicy.Create(config, data, accelerator: Accelerator.Cpu(1));
        policy.Network.Features.Sum(f => f.Size).Should().Be(4);
        Observation sensed = new(learned.Sensor.Outputs.Select((f, i) => KeyValuePair.Create(f.Name, (ReadOnlyMemory<float>)learned.Sensor.Begin().Sense([seen[2]])[i]))) { Images = seen[2].Images };
        Values(policy.Predict(History(policy, sensed))).Should().OnlyContain(value => float.IsFinite(value));
        data.ReadEpisode(0).Feature("sensed_bar_position").Span[0].Should().BeLessThan(data.ReadEpisode(0).Feature("sensed_bar_position").Span[14] - 7, "the bar moves to the right");
    }

    private static ObservationHistory History(LearnedPolicy policy, Observation newest)
    {
        var history = new ObservationHistory(policy.Horizons.Observation);
        history.Push(newest);
        return history;
    }

    private static InMemoryEpisodes Recorded(ObservationSpec spec, Observation[] seen)
    {
        var builder = new EpisodeBuilder(spec, PushTEnvironment.ActionSpec);
        for (int i = 0; i < seen.Length; i++) builder.Append(seen[i], [100 + (20 * i), 200 - (5 * i)]);
        return new InMemoryEpisodes(spec, PushTEnvironment.ActionSpec, [builder.Build()], 10);
    }

    private static float[] Values(ActionChunk chunk) => [.. Enumerable.Range(0, chunk.Length).SelectMany(i => chunk[i].ToArray())];
}
