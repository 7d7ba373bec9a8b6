namespace BehaviorCloning;

public sealed class TemporalEnsembleTests
{
    [Fact]
    public void Five_predictions_are_weighted_as_in_ACT_the_oldest_most()
    {
        // Each chunk is 1 in its own dimension, so the average shows the weights.
        var ensemble = new TemporalEnsemble(5, 5);
        for (int k = 0; k < 5; k++) ensemble.Add(new ActionChunk([.. Enumerable.Range(0, 25).Select(i => i % 5 == k ? 1f : 0)], 5), k);
        float[] action = new float[5];
        ensemble.Average(4, action).Should().Be(5);
        action.Should().Equal([0.204020f, 0.201990f, 0.199980f, 0.197990f, 0.196020f], (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_chunk_speaks_only_of_its_own_steps()
    {
        var ensemble = new TemporalEnsemble(3, 1, decay: 0);
        ensemble.Add(new ActionChunk([0, 1, 2], 1), 0);
        ensemble.Add(new ActionChunk([11, 12, 13], 1), 1);
        At(ensemble, 0).Should().Be((0, 1));
        At(ensemble, 1).Should().Be((6, 2));
        At(ensemble, 3).Should().Be((13, 1));
        At(ensemble, 4).Should().Be((-1, 0), "nothing speaks of step 4, and the action is left as it was");
    }

    [Fact]
    public void More_chunks_than_a_step_can_have_forget_the_oldest()
    {
        var ensemble = new TemporalEnsemble(2, 1, decay: 0);
        for (int k = 0; k < 3; k++) ensemble.Add(new ActionChunk([k, k], 1), 0);
        At(ensemble, 0).Should().Be((1.5f, 2));
    }

    [Fact]
    public void Nothing_is_left_after_clearing()
    {
        var ensemble = new TemporalEnsemble(2, 1);
        ensemble.Add(new ActionChunk([1, 2], 1), 5);
        ensemble.Clear();
        At(ensemble, 5).Should().Be((-1, 0));
        ensemble.Add(new ActionChunk([3, 4], 1), 0);
        At(ensemble, 1).Should().Be((4, 1));
    }

    private static (float Action, int Count) At(TemporalEnsemble ensemble, long step)
    {
        float[] action = [-1];
        int count = ensemble.Average(step, action);
        return (action[0], count);
    }
}
