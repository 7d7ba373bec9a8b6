namespace BehaviorCloning.Runtime;

public sealed class BidirectionalDecodingTests
{
    private static readonly ActionSpec Actions = new("hand", 1);

    [Fact]
    public void The_sample_closest_to_the_running_chunk_is_taken()
    {
        var policy = new ListPolicy([[0, 0, 0, 0], [1, 1, 1, 9], [-1, 1, 1, 0]]);
        var bid = new BidirectionalDecodingPolicy(policy, options: new() { Samples = 3, Kept = 1 });
        bid.Predict(History(), Prefix(1, 1, 1)).Values.ToArray().Should().Equal(1, 1, 1, 9);
    }

    [Fact]
    public void Distances_are_weighted_by_the_schedule()
    {
        // d = 1, three remain: weights 1, .430, .088 (soft). The first sample errs at step 1 by 2, the second at step 0 by 1.
        var policy = new ListPolicy([[0, 2, 0, 0], [1, 0, 0, 0]]);
        Chosen(PrefixSchedule.Soft).Should().Be(0, ".86 is less than 1");
        Chosen(PrefixSchedule.Ones).Should().Be(1, "2 is more than 1");

        int Chosen(PrefixSchedule schedule) =>
            new BidirectionalDecodingPolicy(policy, options: new() { Samples = 2, Kept = 1, Schedule = schedule }).Predict(History(), Prefix(0, 0, 0))[0][0] == 0 ? 0 : 1;
    }

    [Fact]
    public void Forward_contrast_prefers_what_the_strong_policy_says_often_and_the_weak_one_does_not()
    {
        // All strong samples are as coherent. Two are alike and far from the weak policy's samples; one is near those.
        var strong = new ListPolicy([[0, 0, 0, -5], [0, 0, 0, 5], [0, 0, 0, 5.1f]]);
        var weak = new ListPolicy([[0, 0, 0, -5], [0, 0, 0, -5], [0, 0, 0, -4]]);
        var bid = new BidirectionalDecodingPolicy(strong, weak, new() { Samples = 3, Kept = 3 });
        // Loss of 5: (10 + 0 + .1 - 10 - 10 - 9) / 3; of 5.1: (10.1 + .1 + 0 - 10.1 - 10.1 - 9.1) / 3, smaller; of -5: (0 + 10 + 10.1 - 0 - 0 - 1) / 3.
        bid.Predict(History(), Prefix(0, 0, 0))[3][0].Should().Be(5.1f);
    }

    [Fact]
    public void A_batch_chooses_for_each_episode_by_its_own_prefix()
    {
        var policy = new ListPolicy([[0, 0, 0, 0], [1, 1, 1, 1]]);
        var bid = new BidirectionalDecodingPolicy(policy, options: new() { Samples = 2, Kept = 1 });
        bid.PredictBatch([History(), History()], [Prefix(1, 1, 1), Prefix(0, 0, 0)]).Select(chunk => chunk[0][0]).Should().Equal(1, 0);
    }

    [Fact]
    public void Guided_samples_continue_the_prefix_before_one_is_chosen()
    {
        // Plain, neither sample is near the running chunk; guided, each is off by its own number.
        var policy = new OffPrefixPolicy([3, 1, 2]);
        BidirectionalDecodingPolicy Bid(bool guided) => new(policy, options: new() { Samples = 3, Kept = 1, Guided = guided });
        Bid(guided: true).PredictBatch([History(), History()], [Prefix(10, 10, 10), Prefix(20, 20, 20)]).Select(chunk => chunk[0][0]).Should().Equal(11, 21);
        Bid(guided: false).Predict(History(), Prefix(10, 10, 10))[0][0].Should().Be(3, "the plain sample nearest to 10");
    }

    [Fact]
    public void Only_a_policy_that_can_be_guided_is_asked_to_be()
    {
        Action bad = () => _ = new BidirectionalDecodingPolicy(new ListPolicy([[0]]), options: new() { Guided = true, Kept = 1 });
        bad.Should().Throw<ArgumentException>().WithMessage("*IPrefixGuidedPolicy*ListPolicy is none*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_told()
    {
        Action bad = () => _ = new BidirectionalDecodingPolicy(new ListPolicy([[0]]), new ListPolicy([[0, 0]]), new() { Samples = 0, Scale = [1, -1] });
        bad.Should().Throw<ArgumentException>().WithMessage("*Samples 0*Kept 3*Scale has 2*Scale must be positive*weak policy predicts*");
    }

    private static ObservationHistory History()
    {
        var history = new ObservationHistory(1);
        history.Push(NumberedPolicy.At(0));
        return history;
    }

    private static ChunkPrefix Prefix(params float[] remaining) => new(new ActionChunk(remaining, 1), 1, 1);

    /// <summary>Answers with these chunks in turn.</summary>
    private sealed class ListPolicy(float[][] chunks) : IPolicy
    {
        private int next;

        public ObservationSpec Observations { get; } = new(new FeatureSpec("step", 1));

        public ActionSpec Actions => BidirectionalDecodingTests.Actions;

        public Horizons Horizons => new() { Prediction = chunks[0].Length, Execution = 1 };

        public ActionChunk Predict(ObservationHistory history) => new(chunks[next++ % chunks.Length], 1);
    }

    /// <summary>Plain chunks are these numbers; guided ones the prefix's first action and these numbers, in turn.</summary>
    private sealed class OffPrefixPolicy(float[] off) : IPrefixGuidedPolicy
    {
        private int next;

        public ObservationSpec Observations { get; } = new(new FeatureSpec("step", 1));

        public ActionSpec Actions => BidirectionalDecodingTests.Actions;

        public Horizons Horizons => new() { Prediction = 4, Execution = 1 };

        public ActionChunk Predict(ObservationHistory history) => Chunk(0);

        public ActionChunk Predict(ObservationHistory history, ChunkPrefix prefix) => Chunk(prefix.Remaining[0][0]);

        public IReadOnlyList<ActionChunk> PredictBatch(IReadOnlyList<ObservationHistory> histories, IReadOnlyList<ChunkPrefix> prefixes) =>
            [.. prefixes.Select((prefix, i) => Predict(histories[i], prefix))];

        private ActionChunk Chunk(float from)
        {
            float value = from + off[next++ % off.Length];
            return new([value, value, value, value], 1);
        }
    }
}
