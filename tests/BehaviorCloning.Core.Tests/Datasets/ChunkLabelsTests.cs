using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class ChunkLabelsTests
{
    private const float E = StepActor.Expert, L = StepActor.Learner;

    [Fact]
    public void The_drawn_example_holds()
    {
        // Tp = 4; actions 0 to 4, the plans' are 100 and more.
        Episode episode = Of([E, L, E, E, E], plans: [0, 0, 0, 0, 110, 111, 112, 112, 120, 121, 121, 121, 0, 0, 0, 0, 0, 0, 0, 0], planned: [0, 3, 2, 0, 0]);
        Chunks(episode, 4).Should().Equal("0 1", "110 111 112", "2 3 4", "3 4", "4");
    }

    [Fact]
    public void Without_plans_they_are_the_steps_as_far_as_these_continue_each_other() =>
        Chunks(Of([E, L, E, E, E]), 4).Should().Equal("0 1", "1", "2 3 4", "3 4", "4");

    [Fact]
    public void A_shorter_horizon_takes_the_beginning_of_a_plan_and_a_longer_one_no_more_than_there_is()
    {
        Episode episode = Of([L, L], plans: [100, 101, 102, 110, 111, 112], planned: [3, 3]);
        Chunks(episode, 2).Should().Equal("100 101", "110 111");
        Chunks(episode, 5).Should().Equal("100 101 102", "110 111 112");
    }

    [Property]
    public void What_counts_is_the_longer_of_plan_and_steps_and_the_rest_repeats_its_last(int seed)
    {
        Random random = new(seed);
        int length = 1 + random.Next(8), horizon = 1 + random.Next(6), most = 1 + random.Next(6);
        float[] actors = [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(2))];
        float[] plans = [.. Enumerable.Range(0, length * most).Select(i => 1000f + i)], planned = [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(most + 1))];
        bool holds = random.Next(2) == 0;
        var labels = new ChunkLabels(Of(actors, plans, planned), 1, holds);
        float[] chunk = new float[horizon];
        for (int t = 0; t < length; t++)
        {
            int counted = labels.Copy(t, chunk), steps = WindowIndex.LearnedActions(length, actors, t, horizon, holds), plan = Math.Min((int)planned[t], horizon);
            counted.Should().Be(Math.Max(steps, plan));
            for (int i = 0; i < horizon; i++)
                chunk[i].Should().Be(plan > steps ? plans[(t * most) + Math.Min(i, plan - 1)] : Math.Min(t + i, length - 1));
        }
    }

    [Theory]
    [InlineData(new float[] { 1, 1, 1, 1 }, new float[] { 3, 0 }, "*Step 0*'planned' is 3*0 to 2 actions*")]
    [InlineData(new float[] { 1, 1, 1, 1 }, new float[] { 0, 0.5f }, "*Step 1*'planned' is 0.5*")]
    [InlineData(new float[] { 1, 1, 1, 1 }, null, "*2 steps has 0 counts*")]
    [InlineData(null, new float[] { 0, 0 }, "*0 values of plans*")]
    public void Plans_that_contradict_themselves_are_refused(float[]? plans, float[]? planned, string message) =>
        FluentActions.Invoking(() => new ChunkLabels(Of([E, E], plans, planned), 1)).Should().Throw<InvalidDataException>().WithMessage(message);

    private static string[] Chunks(Episode episode, int horizon)
    {
        var labels = new ChunkLabels(episode, 1);
        return [.. Enumerable.Range(0, episode.Length).Select(t =>
        {
            float[] chunk = new float[horizon];
            return string.Join(' ', chunk.AsSpan(0, labels.Copy(t, chunk)).ToArray());
        })];
    }

    // An episode whose actions are 0, 1, 2, ...
    private static InMemoryEpisode Of(float[] actors, float[]? plans = null, float[]? planned = null)
    {
        Dictionary<string, ReadOnlyMemory<float>> annotations = new() { [StepActor.Annotation] = actors };
        if (plans is not null) annotations[StepPlan.Annotation] = plans;
        if (planned is not null) annotations[StepPlan.CountAnnotation] = planned;
        float[] actions = [.. Enumerable.Range(0, actors.Length).Select(t => (float)t)];
        return new InMemoryEpisode(
            new ObservationSpec(new FeatureSpec("position", 1)), new ActionSpec("arm", 1), new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = actions }, actions, annotations: annotations);
    }
}
