using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation.Tests.PushT;

public class PushTReplayTests
{
    [SkippableFact]
    public void The_simulator_retraces_the_human_demonstrations_from_their_first_states()
    {
        PushTReplayReport report = PushTReplay.Run(Humans());
        report.Episodes.Should().Be(206);
        report.EpisodesWithin(0.01).Should().BeGreaterThanOrEqualTo(200, "205 were measured; one amplifies the rounding of its recorded state");
        report.MedianMaxErrorPx.Should().BeLessThan(3e-5);
    }

    [SkippableFact]
    public void From_the_resets_of_their_seeds_it_retraces_all_of_them()
    {
        IEpisodeSource humans = Humans();
        PushTReplayReport report = PushTReplay.RunFromSeeds(humans);
        report.MaxErrorsPx.Max().Should().BeLessThan(2e-5, "that is the rounding of the recording to 32 bits");
        PushTReplay.ResetMaxError(humans).Should().BeLessThan(1e-4);
    }

    [SkippableFact]
    public void The_demonstrations_were_not_recorded_in_the_modern_order() =>
        PushTReplay.ResetMaxError(Humans(), order: PushTResetOrder.Modern).Should().BeGreaterThan(10);

    [Fact]
    public void A_recorded_expert_is_retraced_and_a_tampered_recording_is_not()
    {
        using var environment = new PushTEnvironment();
        var honest = new InMemoryEpisodes(environment.Observations, environment.Actions);
        var tampered = new InMemoryEpisodes(environment.Observations, environment.Actions);
        honest.Add(Record(environment, offset: 0));
        tampered.Add(Record(environment, offset: 5));
        PushTReplay.Run(honest).MaxErrorsPx[0].Should().BeLessThan(2e-5);
        PushTReplay.Run(tampered).MaxErrorsPx[0].Should().BeGreaterThan(1);
    }

    [Fact]
    public void The_median_is_that_of_an_even_and_an_odd_number()
    {
        new PushTReplayReport([3, 1, 2]).MedianMaxErrorPx.Should().Be(2);
        new PushTReplayReport([4, 1, 2, 3]).MedianMaxErrorPx.Should().Be(2.5);
        new PushTReplayReport([]).MedianMaxErrorPx.Should().Be(0);
        new PushTReplayReport([0.01, 0.02]).EpisodesWithin(0.01).Should().Be(1);
    }

    // Pushes towards the T for 40 steps; the recorded action may be off from the one taken.
    private static InMemoryEpisode Record(PushTEnvironment environment, float offset)
    {
        List<float> agent = [], position = [], angle = [], actions = [];
        Observation observation = environment.ResetTo(new(100, 100, 300, 200, 0.5)); // exact in 32 bits, and so in the recording
        for (int step = 0; step < 40; step++)
        {
            agent.AddRange(observation["agent_position"].Span);
            position.AddRange(observation["block_position"].Span);
            angle.AddRange(observation["block_angle"].Span);
            float[] action = [(float)environment.State.BlockX, (float)environment.State.BlockY];
            actions.AddRange([action[0] + offset, action[1]]);
            observation = environment.Step(action).Observation;
        }

        return new InMemoryEpisode(environment.Observations, environment.Actions, new Dictionary<string, ReadOnlyMemory<float>>
        {
            ["agent_position"] = agent.ToArray(),
            ["block_position"] = position.ToArray(),
            ["block_angle"] = angle.ToArray(),
        }, actions.ToArray());
    }

    private static IEpisodeSource Humans() => PushTDataset.Open(TestData.Require("pusht/pusht_lowdim.npz"));
}
