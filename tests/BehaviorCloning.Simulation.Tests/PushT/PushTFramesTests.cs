using BehaviorCloning.Datasets;
using BehaviorCloning.Images;

namespace BehaviorCloning.Simulation.Tests.PushT;

public sealed class PushTFramesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Own_recordings_are_rendered_as_they_were_recorded_also_from_a_store_of_png_frames()
    {
        Record();
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        PushTFrameReport report = PushTFrames.Compare(store, 15);
        report.Frames.Should().Be(15);
        report.ShareEqual.Should().BeGreaterThan(0.999);
        report.FramesApart.Should().Be(report.FramesExplained, "the recorded state is a float32 of what was drawn");
        Image picture = PushTFrames.Picture(store, [new(0, 0), .. report.MostDifferent]);
        (picture.Height, picture.Width).Should().Be(((3 * 196) - 4, (3 * 196) - 4));
        PushTFrames.Picture(store, [new(0, 0)], withRecorded: false).Width.Should().Be((2 * 196) - 4);
    }

    [Fact]
    public void A_goal_elsewhere_is_noticed_and_no_rounding_explains_it()
    {
        Record();
        using EpisodeStore store = EpisodeStore.Open(folder.Path);
        PushTFrameReport report = PushTFrames.Compare(store, 2, new PushTPose(260, 256, Math.PI / 4));
        (report.FramesApart, report.FramesExplained).Should().Be((2, 0));
        report.MeanDifference.Should().OnlyContain(difference => difference > 0.02);
        report.LargestDifference.Should().BeGreaterThan(50);
    }

    [Fact]
    public void A_dataset_without_images_is_refused()
    {
        var episodes = new InMemoryEpisodes(new ObservationSpec(new FeatureSpec("agent_position", 2)), PushTEnvironment.ActionSpec);
        FluentActions.Invoking(() => PushTFrames.Compare(episodes)).Should().Throw<ArgumentException>().WithMessage("*no 'image'*");
    }

    private void Record()
    {
        using var environment = new PushTEnvironment(new PushTOptions { Images = true });
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(
            folder.Path, environment.Observations, environment.Actions, environment.ControlRateHz, frames: new Dictionary<string, FrameEncoding> { ["image"] = new PngFrames() });
        Observation observation = environment.Reset(seed: 3);
        for (int step = 0; step < 20; step++)
        {
            float[] action = [250 + (5 * step), 260 - (3 * step)];
            recorder.Append(observation, action);
            observation = environment.Step(action).Observation;
        }

        recorder.FinishEpisode();
    }
}
