using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

/// <summary>Modules that sense, in datasets and in worlds.</summary>
public sealed class SensingTests
{
    private static readonly FeatureSpec Camera = new("camera", FeatureElement.UInt8, 40, 48, 3);
    private static readonly ObservationSpec Raw = new(new FeatureSpec("arm", 1), Camera);

    [Fact]
    public void A_recorded_episode_is_sensed_as_a_running_one()
    {
        var module = new OpticalFlowSensing(Camera, 2, 3);
        var recorded = new SensedEpisodes(new InMemoryEpisodes(Raw, new ActionSpec("arm", 1), [Recording(70)], 10), module);
        recorded.Observations.Names.Should().Be("arm, camera, camera_flow");
        Episode episode = recorded.ReadEpisode(0);
        episode.Should().BeSameAs(recorded.ReadEpisode(0), "it is sensed once");
        using var running = new SensedEnvironment(new Panorama(), module);
        Observation now = running.Reset(0);
        for (int step = 0; step < 70; step++)
        {
            episode.Feature("camera_flow").Slice(step * 12, 12).ToArray().Should().Equal(now["camera_flow"].ToArray(), $"step {step}");
            now["arm"].Span[0].Should().Be(step, "what was observed stays");
            now.Images.Should().ContainKey("camera");
            now = running.Step([0]).Observation;
        }
    }

    [Fact]
    public void The_camera_moved_and_the_flow_says_how_far()
    {
        using var running = new SensedEnvironment(new Panorama(), new OpticalFlowSensing(Camera, 1, 1));
        running.Reset(0)["camera_flow"].ToArray().Should().Equal([0, 0], "before the first frame the world stood still");
        for (int step = 0; step < 3; step++)
        {
            float[] flow = running.Step([0]).Observation["camera_flow"].ToArray();
            flow[0].Should().BeApproximately(-1.5f, 0.25f);
            flow[1].Should().BeApproximately(0, 0.15f);
        }

        running.Reset(1)["camera_flow"].ToArray().Should().Equal([0, 0], "a new episode remembers nothing");
    }

    [Fact]
    public void A_robot_is_sensed_too_until_it_restarts()
    {
        var robot = new SensedRobot(new PanoramaRobot(), new OpticalFlowSensing(Camera, 1, 1));
        robot.Observe()["camera_flow"].ToArray().Should().Equal(0, 0);
        robot.Observe()["camera_flow"].Span[0].Should().BeLessThan(-1);
        robot.Restart();
        robot.Observe()["camera_flow"].ToArray().Should().Equal(0, 0);
    }

    [Fact]
    public void A_module_that_does_not_fit_is_refused_with_every_reason()
    {
        var source = new InMemoryEpisodes(new ObservationSpec(new FeatureSpec("camera", 3), new FeatureSpec("camera_flow", 1)), new ActionSpec("arm", 1));
        Action wrap = () => _ = new SensedEpisodes(source, new OpticalFlowSensing(Camera));
        wrap.Should().Throw<ArgumentException>().WithMessage("*reads 'camera [40, 48, 3] uint8'*adds 'camera_flow', which is observed already*");
        Action noCamera = () => _ = new OpticalFlowSensing(new FeatureSpec("arm", 2));
        noCamera.Should().Throw<ArgumentException>().WithMessage("*no camera image*");
        Action tooFine = () => _ = new OpticalFlowSensing(Camera, 41, 1);
        tooFine.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_module_that_says_NaN_or_too_little_is_caught()
    {
        Action lies = () => new SensedEnvironment(new Panorama(), new Liar([float.NaN])).Reset(0);
        lies.Should().Throw<InvalidOperationException>().WithMessage("*Liar sensed 'lie' as NaN*");
        Action keepsBack = () => new SensedEnvironment(new Panorama(), new Liar([])).Reset(0);
        keepsBack.Should().Throw<InvalidOperationException>().WithMessage("*promises lie*");
        Action early = () => new SensedEnvironment(new Panorama(), new OpticalFlowSensing(Camera)).Step([0]);
        early.Should().Throw<InvalidOperationException>().WithMessage("*Reset*");
    }

    private static InMemoryEpisode Recording(int length)
    {
        var builder = new EpisodeBuilder(Raw, new ActionSpec("arm", 1));
        for (int step = 0; step < length; step++) builder.Append(Panorama.View(step), [0]);
        return builder.Build();
    }

    /// <summary>A camera that pans over a wall, 1.5 pixels a step.</summary>
    private sealed class Panorama : IEnvironment
    {
        private static readonly Func<double, double, double> Wall = Scenes.Waves(11);
        private static readonly Dictionary<int, byte[]> Frames = [];
        private int step;

        public ObservationSpec Observations => Raw;

        public ActionSpec Actions { get; } = new("arm", 1);

        public double ControlRateHz => 10;

        public int StepLimit => 100;

        public static Observation View(int step)
        {
            lock (Frames)
            {
                if (!Frames.TryGetValue(step, out byte[]? frame))
                    Frames[step] = frame = [.. Enumerable.Range(0, 40 * 48).SelectMany(i => Enumerable.Repeat((byte)(255 * Wall((i % 48) + (1.5 * step), i / 48)), 3))];
                return new Observation { ["arm"] = new float[] { step }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = frame } };
            }
        }

        public Observation Reset(long seed) => View(step = 0);

        public StepResult Step(ReadOnlySpan<float> action) => new(View(++step), 0, false, false);

        public void Dispose()
        {
        }
    }

    private sealed class PanoramaRobot : IRobot
    {
        private int step;

        public ObservationSpec Observations => Raw;

        public ActionSpec Actions { get; } = new("arm", 1);

        public Observation Observe() => Panorama.View(step++);

        public void Send(ReadOnlySpan<float> action)
        {
        }
    }

    private sealed class Liar(float[] lie) : ISensingModule, ISensingEpisode
    {
        public ObservationSpec Inputs { get; } = new(Camera);

        public ObservationSpec Outputs { get; } = new(new FeatureSpec("lie", 1));

        public ISensingEpisode Begin() => this;

        public IReadOnlyList<float[]> Sense(IReadOnlyList<Observation> steps) => [lie];
    }
}
