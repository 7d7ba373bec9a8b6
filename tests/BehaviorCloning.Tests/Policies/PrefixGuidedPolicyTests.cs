using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Tests.Training;

namespace BehaviorCloning.Tests.Policies;

public sealed class PrefixGuidedPolicyTests
{
    [Fact]
    public void Its_chunk_is_nearer_to_what_is_being_executed()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Flow() with { SamplingSteps = 5 });
        Tensors.Perturb(policy.Network.Head);
        var guided = new PrefixGuidedPolicy(policy);
        ObservationHistory history = History(0.3f, -0.2f);
        var prefix = new ChunkPrefix(new ActionChunk([0.9f, 0.5f, 0.8f, 0.4f, 0.7f, 0.3f], 2), 1, 1);
        double Far(ActionChunk chunk) => Math.Abs(chunk[0][0] - 0.9) + Math.Abs(chunk[0][1] - 0.5);
        policy.Seed = 3;
        double plain = Far(guided.Predict(history));
        policy.Seed = 3;
        // Actions are relative to the newest observation and standardized inside; the prefix is given, and met, in raw units.
        Far(guided.Predict(history, prefix)).Should().BeLessThan(0.35 * plain);
    }

    [Fact]
    public void A_batch_holds_each_episode_to_its_own_prefix()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Flow() with { SamplingSteps = 5 });
        Tensors.Perturb(policy.Network.Head);
        ChunkPrefix At(float x) => new(new ActionChunk([x, 0, x, 0, x, 0], 2), 3, 1);
        IReadOnlyList<ActionChunk> chunks = new PrefixGuidedPolicy(policy).PredictBatch([History(0, 0), History(0, 0)], [At(0.8f), At(-0.8f)]);
        chunks[0][0][0].Should().BeApproximately(0.8f, 0.3f);
        chunks[1][0][0].Should().BeApproximately(-0.8f, 0.3f);
    }

    [Fact]
    public void A_head_that_cannot_continue_a_prefix_is_refused()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Mse());
        Action wrap = () => _ = new PrefixGuidedPolicy(policy);
        wrap.Should().Throw<ArgumentException>().WithMessage("*MseHead cannot continue a prefix*UnguidedPolicy*");
    }

    [Fact]
    public void Guidance_may_be_changed_after_training()
    {
        using LearnedPolicy policy = PointEpisodes.Create(PointEpisodes.Flow());
        var flow = (FlowMatchingHeadConfig)policy.Config.Head;
        using LearnedPolicy hard = policy.With(policy.Config with { Head = flow with { Prefix = new GuidedPrefix { Schedule = PrefixSchedule.Hard } } });
        ConfigJson.Read<PolicyConfig>(ConfigJson.Write(hard.Config)).Head.Should().Be(hard.Config.Head);
    }

    private static ObservationHistory History(float x, float y)
    {
        var history = new ObservationHistory(2);
        history.Push(new Observation { ["position"] = new float[] { x, y } });
        return history;
    }
}
