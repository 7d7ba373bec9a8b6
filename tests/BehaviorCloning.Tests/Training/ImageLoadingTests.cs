using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Images;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;

namespace BehaviorCloning.Tests.Training;

/// <summary>Frames on their way from an episode store to a network.</summary>
public sealed class ImageLoadingTests
{
    private static readonly ObservationSpec Observations = new(
        new FeatureSpec("front", FeatureElement.UInt8, 10, 12, 3), new FeatureSpec("depth", FeatureElement.UInt16, 6, 6), new FeatureSpec("a", 2));

    private static readonly ActionSpec Actions = new("arm", 2);
    private static readonly Horizons Two = new() { Observation = 2, Prediction = 4, Execution = 2 };

    [Fact]
    public void Several_threads_decode_the_same_batches_as_one_and_as_raw_frames()
    {
        using var folder = new TemporaryFolder();
        Record(folder["raw"], []);
        Record(folder["png"], new() { ["front"] = new PngFrames(), ["depth"] = new PngFrames() });
        using EpisodeStore raw = EpisodeStore.Open(folder["raw"]), png = EpisodeStore.Open(folder["png"]);
        using BatchLoader plain = Loader(raw, 1), one = Loader(png, 1), several = Loader(png, 4);
        for (int i = 0; i < 12; i++)
        {
            TrainingBatch expected = plain.Next(), first = one.Next(), second = several.Next();
            foreach (string name in new[] { "front", "depth", "a" })
            {
                first.Features[name].bytes.ToArray().Should().Equal(expected.Features[name].bytes.ToArray(), name);
                second.Features[name].bytes.ToArray().Should().Equal(expected.Features[name].bytes.ToArray(), name);
            }

            second.Target.Actions.Values().Should().Equal(expected.Target.Actions.Values());
        }
    }

    [Fact]
    public void A_loader_keeps_no_more_memory_than_its_batches()
    {
        using var folder = new TemporaryFolder();
        Record(folder["png"], new() { ["front"] = new PngFrames() });
        using EpisodeStore png = EpisodeStore.Open(folder["png"]);
        using var loader = new BatchLoader(new WindowReader(png, Two, new AbsoluteActions()), 8, seed: 1, prefetchDepth: 3);

        // To x (frame + depth + a), Tp x actions and flags; the lent batch and three ahead.
        loader.Bytes.Should().Be(4 * 8 * ((2 * ((10 * 12 * 3) + 72 + 8)) + (4 * 8) + 4));
    }

    [Fact]
    public void A_damaged_frame_reaches_whoever_asks_for_a_batch_by_its_episode_and_step()
    {
        var data = new Broken();
        using var loader = new BatchLoader(new WindowReader(data, Two, new AbsoluteActions()), 4, seed: 1, workers: 3);
        FluentActions.Invoking(() => { for (int i = 0; i < 10; i++) loader.Next(); }).Should().Throw<InvalidDataException>().WithMessage("Episode 0, step *");
    }

    [Fact]
    public void A_policy_with_a_color_and_a_depth_camera_learns_from_encoded_frames_and_acts_on_what_a_robot_observes()
    {
        using var folder = new TemporaryFolder();
        Record(folder["store"], new() { ["front"] = new JpegFrames(), ["depth"] = new PngFrames() });
        using EpisodeStore store = EpisodeStore.Open(folder["store"]);
        var config = new PolicyConfig { Horizons = Two, Encoder = new ConvolutionEncoderConfig { Channels = [4, 8], Width = 8 }, Head = new MseHeadConfig() };
        using LearnedPolicy policy = LearnedPolicy.Create(config, store, accelerator: Accelerator.Cpu());
        Trainer.Train(policy, store, new TrainerConfig { Steps = 4, BatchSize = 8, WarmupSteps = 0 });
        var history = new ObservationHistory(2);
        history.Push(Observed(3, 5));
        ActionChunk near = policy.Predict(history);
        near.Values.ToArray().Should().OnlyContain(value => float.IsFinite(value));
    }

    private static BatchLoader Loader(IEpisodeSource source, int workers) => new(new WindowReader(source, Two, new AbsoluteActions()), 16, seed: 5, workers: workers);

    private static void Record(string path, Dictionary<string, FrameEncoding> frames)
    {
        using EpisodeRecorder recorder = EpisodeRecorder.OpenOrCreate(path, Observations, Actions, 10, frames: frames);
        for (int episode = 0; episode < 3; episode++)
        {
            for (int step = 0; step < 20; step++) recorder.Append(Observed(episode, step), [step, episode]);
            recorder.FinishEpisode();
        }
    }

    private static Observation Observed(int episode, int step)
    {
        byte[] front = [.. Enumerable.Range(0, 360).Select(i => (byte)((i * (episode + 1)) + (step * 5)))];
        byte[] depth = DepthImage.BytesOfMeters([.. Enumerable.Range(0, 36).Select(i => i == step ? float.NaN : 0.1f * (i + episode))]);
        return new Observation { ["a"] = new[] { step, 0.1f * episode }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["front"] = front, ["depth"] = depth } };
    }

    private sealed class Broken : IEpisodeSource
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("front", FeatureElement.UInt8, 2, 2, 3));

        public ActionSpec Actions { get; } = new("arm", 1);

        public double? ControlRateHz => 10;

        public int EpisodeCount => 1;

        public int EpisodeLength(int episode) => 20;

        public Episode ReadEpisode(int episode) => new BrokenEpisode();
    }

    private sealed class BrokenEpisode : Episode
    {
        public override int Length => 20;

        public override ReadOnlyMemory<float> Actions { get; } = new float[20];

        public override ReadOnlyMemory<float> Feature(string name) => throw new KeyNotFoundException(name);

        public override void ReadFrames(string name, int start, int count, Span<byte> destination) => throw new InvalidDataException($"Episode 0, step {start}: cannot be decoded.");
    }
}
