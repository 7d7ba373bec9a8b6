using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class WindowIndexTests
{
    private static readonly float[] Rows = [0, 1, 2, 3, 4, 5];

    [Theory]
    [InlineData(0, new float[] { 0, 0 }, new float[] { 0, 1, 2, 3 }, 4)]
    [InlineData(3, new float[] { 2, 3 }, new float[] { 3, 4, 5, 5 }, 3)]
    [InlineData(5, new float[] { 4, 5 }, new float[] { 5, 5, 5, 5 }, 1)]
    public void The_drawn_example_holds(int step, float[] observations, float[] actions, int inside)
    {
        // To = 2, Tp = 4, an episode of 6 steps, as drawn in WindowIndex.
        float[] o = new float[2], a = new float[4];
        WindowIndex.CopyObservations<float>(Rows, 1, step, 2, o);
        WindowIndex.CopyActions<float>(Rows, 1, step, 4, a);
        o.Should().Equal(observations);
        a.Should().Equal(actions);
        WindowIndex.LearnedActions(6, [], step, 4).Should().Be(inside);
        WindowIndex.LearnedActions(6, [], step, 4, holdsAfterEnd: true).Should().Be(4);
    }

    [Theory]
    [InlineData(new[] { 3, 2, 1, 3, 2, 1 }, false)]
    [InlineData(new[] { 3, 2, 1, 4, 4, 4 }, true)]
    public void Labels_behind_a_learners_step_are_not_learned_as_part_of_a_chunk(int[] learned, bool holdsAfterEnd)
    {
        float[] actors = [StepActor.Expert, StepActor.Expert, StepActor.Learner, StepActor.Expert, StepActor.Expert, StepActor.Expert];
        Enumerable.Range(0, 6).Select(step => WindowIndex.LearnedActions(6, actors, step, 4, holdsAfterEnd)).Should().Equal(learned);
    }

    [Property]
    public void Of_a_chunk_as_much_is_learned_as_the_expert_drove_and_one_action_more(int seed)
    {
        Random random = new(seed);
        int length = 1 + random.Next(12), predicted = 1 + random.Next(20), step = random.Next(length);
        float[] actors = [.. Enumerable.Range(0, length).Select(_ => random.Next(3) == 0 ? StepActor.Learner : StepActor.Expert)];
        int learned = WindowIndex.LearnedActions(length, actors, step, predicted);
        learned.Should().BeInRange(1, Math.Min(predicted, length - step));
        actors.Skip(step).Take(learned - 1).All(actor => actor == StepActor.Expert).Should().BeTrue();
        if (learned < Math.Min(predicted, length - step)) actors[step + learned - 1].Should().Be(StepActor.Learner);
    }

    [Property]
    public void Copies_are_the_clamped_rows(int seed)
    {
        Random random = new(seed);
        int length = 1 + random.Next(12), size = 1 + random.Next(3), observed = 1 + random.Next(6), predicted = 1 + random.Next(20), step = random.Next(length);
        float[] rows = [.. Enumerable.Range(0, length * size).Select(i => (float)i)];
        float[] o = new float[observed * size], a = new float[predicted * size];
        WindowIndex.CopyObservations<float>(rows, size, step, observed, o);
        WindowIndex.CopyActions<float>(rows, size, step, predicted, a);
        for (int i = 0; i < o.Length; i++) o[i].Should().Be(rows[(Math.Max(step - observed + 1 + (i / size), 0) * size) + (i % size)]);
        for (int i = 0; i < a.Length; i++) a[i].Should().Be(rows[(Math.Min(step + (i / size), length - 1) * size) + (i % size)]);
        WindowIndex.LearnedActions(length, [], step, predicted).Should().Be(Math.Min(predicted, length - step));
    }

    [Property]
    public void Every_step_of_every_episode_is_one_window_in_order(int seed)
    {
        Random random = new(seed);
        int[] lengths = [.. Enumerable.Range(0, 1 + random.Next(40)).Select(_ => random.Next(10) == 0 ? 500 + random.Next(500) : 1 + random.Next(30))];
        WindowIndex index = new(lengths, new Horizons { Prediction = 1, Execution = 1 });
        index.Count.Should().Be(lengths.Sum());
        index.EpisodeCount.Should().Be(lengths.Length);
        long number = 0;
        for (int episode = 0; episode < lengths.Length; episode++)
        {
            for (int step = 0; step < lengths[episode]; step++)
            {
                if (index[number] != new Window(episode, step)) Assert.Fail($"window {number} is {index[number]}, expected episode {episode}, step {step}");
                number++;
            }
        }
    }

    [Fact]
    public void Memory_grows_with_episodes_and_not_with_windows()
    {
        int[] few = [.. Enumerable.Repeat(2_000_000, 1000)], many = [.. Enumerable.Repeat(20, 1000)];
        long Bytes(int[] lengths)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = new WindowIndex(lengths, new Horizons());
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        _ = Bytes(few);
        Bytes(few).Should().BeLessThan(2 * Bytes(many)).And.BeLessThan(64 * 1000);
        new WindowIndex(few, new Horizons())[1_999_999_999].Should().Be(new Window(999, 1_999_999));
    }

    [Fact]
    public void Looking_a_window_up_and_copying_it_allocates_nothing()
    {
        WindowIndex index = new([6, 9, 4], new Horizons { Observation = 2, Prediction = 4, Execution = 2 });
        float[] rows = new float[18], o = new float[4], a = new float[8];
        float[] actors = [1, 1, 1, 1, 0, 1, 1, 1, 1];
        Copy(3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 19; i++) Copy(i);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Copy(int number)
        {
            int step = index[number].Step;
            WindowIndex.CopyObservations<float>(rows, 2, step, 2, o);
            WindowIndex.CopyActions<float>(rows, 2, step, 4, a);
            WindowIndex.LearnedActions(9, actors, step, 4);
        }
    }

    [Fact]
    public void Frames_before_the_episode_repeat_the_first()
    {
        ObservationSpec camera = new(new FeatureSpec("camera", FeatureElement.UInt8, 1, 1, 2));
        InMemoryEpisode episode = new(
            camera, new ActionSpec("arm", 1), new Dictionary<string, ReadOnlyMemory<float>>(), new float[3],
            new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = new byte[] { 1, 2, 3, 4, 5, 6 } });
        byte[] frames = new byte[6];
        WindowIndex.CopyFrames(episode, "camera", 1, 3, frames);
        frames.Should().Equal(1, 2, 1, 2, 3, 4);
        WindowIndex.CopyFrames(episode, "camera", 2, 3, frames);
        frames.Should().Equal(1, 2, 3, 4, 5, 6);
    }

    [Fact]
    public void Episodes_all_shorter_than_the_prediction_horizon_are_refused()
    {
        FluentActions.Invoking(() => new WindowIndex([5, 7, 3], new Horizons { Prediction = 8 }))
            .Should().Throw<ArgumentException>().WithMessage("*longest of 3 episodes has 7 steps, but the prediction horizon is 8: the last 1 actions of a chunk would never be trained*");

        // One short episode among longer ones is padded, not refused and not dropped.
        WindowIndex padded = new([1, 8], new Horizons { Observation = 2, Prediction = 8 });
        padded.Count.Should().Be(9);
        padded[0].Should().Be(new Window(0, 0));
    }

    [Fact]
    public void Every_fault_is_reported_at_once() =>
        FluentActions.Invoking(() => new WindowIndex([20, 0, -1], new Horizons { Observation = 0 }))
            .Should().Throw<ArgumentException>().WithMessage("*Observation horizon 0*Episode 1 has 0 steps*Episode 2 has -1 steps*");

    [Fact]
    public void No_episode_and_no_such_window_are_refused()
    {
        FluentActions.Invoking(() => new WindowIndex([], new Horizons())).Should().Throw<ArgumentException>().WithMessage("*no episode*");
        WindowIndex index = new([20], new Horizons());
        index.Invoking(i => i[20]).Should().Throw<ArgumentOutOfRangeException>();
        index.Invoking(i => i[-1]).Should().Throw<ArgumentOutOfRangeException>();
    }
}
