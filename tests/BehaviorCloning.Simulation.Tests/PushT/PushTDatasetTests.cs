using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation.Tests.PushT;

public sealed class PushTDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData("pusht/pusht_lowdim.npz")]
    [InlineData("pusht/pusht_cchi_v7_replay.zarr")]
    public void The_human_demonstrations_have_the_environments_features_and_actions(string file)
    {
        IEpisodeSource episodes = PushTDataset.Open(TestData.Require(file));
        using var environment = new PushTEnvironment();
        episodes.Observations.Should().Equal(environment.Observations);
        episodes.Actions.Should().Be(environment.Actions);
        episodes.ControlRateHz.Should().Be(10);
        episodes.EpisodeCount.Should().Be(206);
        Enumerable.Range(0, 206).Sum(episodes.EpisodeLength).Should().Be(25650);
        Episode first = episodes.ReadEpisode(0);
        first.Feature("agent_position").Span[..2].ToArray().Should().Equal(222, 97);
        first.Feature("block_position").Span[0].Should().BeApproximately(222.99382f, 1e-4f);
        first.Feature("block_angle").Span[0].Should().BeApproximately(3.0079994f, 1e-6f);
        first.Actions.Span[..2].ToArray().Should().Equal(233, 71);
    }

    [SkippableFact]
    public void Recorded_keypoints_of_a_resting_block_are_those_the_environment_observes()
    {
        IEpisodeSource episodes = PushTDataset.Open(TestData.Require("pusht/pusht_lowdim.npz"), keypoints: true);
        using var environment = new PushTEnvironment(new() { Keypoints = true });
        episodes.Observations.Should().Equal(environment.Observations);
        float[] computed = new float[18];
        double worst = 0;
        int compared = 0;
        for (int e = 0; e < episodes.EpisodeCount; e += 10)
        {
            Episode episode = episodes.ReadEpisode(e);
            ReadOnlySpan<float> position = episode.Feature("block_position").Span, angle = episode.Feature("block_angle").Span;
            for (int step = 1; step + 1 < episode.Length; step++)
            {
                // While the T moves, the recorded keypoints run ahead of the recorded state by up to two pixels.
                if (angle[step] != angle[step - 1] || angle[step] != angle[step + 1]) continue;
                PushTShape.Keypoints(new(position[2 * step], position[(2 * step) + 1], angle[step]), computed);
                for (int i = 0; i < 18; i++) worst = Math.Max(worst, Math.Abs(computed[i] - episode.Feature("keypoints").Span[(18 * step) + i]));
                compared++;
            }
        }

        worst.Should().BeLessThan(2e-4);
        compared.Should().BeGreaterThan(1000);
    }

    [Fact]
    public void An_episode_store_recorded_in_the_environment_opens()
    {
        using var environment = new PushTEnvironment();
        using (var recorder = EpisodeRecorder.OpenOrCreate(folder.Path, environment.Observations, environment.Actions, environment.ControlRateHz))
        {
            recorder.Append(environment.Reset(0), [1, 2]);
            recorder.Append(environment.Step([1, 2]).Observation, [3, 4]);
            recorder.FinishEpisode();
        }

        IEpisodeSource episodes = PushTDataset.Open(folder.Path);
        using var store = episodes as IDisposable;
        episodes.EpisodeCount.Should().Be(1);
        episodes.ReadEpisode(0).Actions.ToArray().Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void A_store_of_something_else_is_refused_with_what_it_has()
    {
        using (var recorder = EpisodeRecorder.OpenOrCreate(folder.Path, new(new FeatureSpec("joints", 7)), new("arm", 7), 50))
        {
            recorder.Append(new Observation { ["joints"] = new float[7] }, new float[7]);
            recorder.FinishEpisode();
        }

        FluentActions.Invoking(() => PushTDataset.Open(folder.Path)).Should().Throw<InvalidDataException>().WithMessage("*no Push-T recording*joints [7]*arm*");
    }

    [Fact]
    public void A_path_with_nothing_known_says_what_was_expected()
    {
        FluentActions.Invoking(() => PushTDataset.Open(folder["nowhere"])).Should().Throw<FileNotFoundException>().WithMessage("*nothing at*Zarr folder, an npz file or an episode store*");
        FluentActions.Invoking(() => PushTDataset.Open(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*neither a Zarr folder*");
    }
}
