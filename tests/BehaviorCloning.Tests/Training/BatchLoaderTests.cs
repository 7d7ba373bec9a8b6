using BehaviorCloning.Actions;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class BatchLoaderTests
{
    private static readonly Horizons Single = new() { Observation = 1, Prediction = 1, Execution = 1 };

    [Fact]
    public void Every_window_comes_exactly_once_an_epoch_and_no_batch_is_short()
    {
        WindowReader reader = Numbered(50);
        using var loader = new BatchLoader(reader, 16, seed: 3);
        List<float> served = [];
        while (served.Count < 150 + 16) served.AddRange(Ids(loader.Next()));
        for (int epoch = 0; epoch < 3; epoch++)
            served.Skip(50 * epoch).Take(50).Order().Should().Equal(Enumerable.Range(0, 50).Select(i => (float)i));
        served.Take(50).Should().NotEqual(served.Skip(50).Take(50));
        loader.Position.Should().Be(served.Count);
        loader.Epoch.Should().Be(3);
    }

    [Fact]
    public void The_same_seed_and_position_go_on_with_the_same_batches()
    {
        WindowReader reader = Numbered(50);
        using var whole = new BatchLoader(reader, 16, seed: 3);
        List<float[]> batches = [.. Enumerable.Range(0, 12).Select(_ => Ids(whole.Next()))];
        using var rest = new BatchLoader(reader, 16, seed: 3, prefetchDepth: 1, position: 7 * 16);
        for (int i = 7; i < 12; i++) Ids(rest.Next()).Should().Equal(batches[i]);
        using var other = new BatchLoader(reader, 16, seed: 4);
        Ids(other.Next()).Should().NotEqual(batches[0]);
    }

    [Fact]
    public void A_fault_in_the_data_reaches_whoever_asks_for_a_batch()
    {
        var data = PointEpisodes.Make(2, 10, change: (positions, _, episode) => positions[5] = episode == 1 ? float.PositiveInfinity : positions[5]);
        using var loader = new BatchLoader(new WindowReader(data, Single, new AbsoluteActions()), 8, seed: 0);
        FluentActions.Invoking(() => { for (int i = 0; i < 10; i++) loader.Next(); }).Should().Throw<InvalidDataException>().WithMessage("Episode 1, step 2*");
    }

    [Fact]
    public void Canceling_ends_a_wait_and_disposing_ends_the_thread()
    {
        var loader = new BatchLoader(Numbered(50), 16, seed: 3);
        loader.Next();
        loader.Dispose();
        using var second = new BatchLoader(Numbered(50), 16, seed: 3);
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();
        FluentActions.Invoking(() => { for (int i = 0; i < 100; i++) second.Next(canceled.Token); }).Should().Throw<OperationCanceledException>();
    }

    // One long episode whose action at step t is t.
    private static WindowReader Numbered(int steps)
    {
        float[] rows = [.. Enumerable.Range(0, 2 * steps).Select(i => (float)(i / 2))];
        return new WindowReader(new BehaviorCloning.Datasets.InMemoryEpisodes(PointEpisodes.Observations, PointEpisodes.Actions, [new PointEpisodes.PlainEpisode(rows, rows)]), Single, new AbsoluteActions());
    }

    private static float[] Ids(TrainingBatch batch)
    {
        float[] values = batch.Target.Actions.data<float>().ToArray();
        return [.. Enumerable.Range(0, batch.Size).Select(i => values[2 * i])];
    }
}
