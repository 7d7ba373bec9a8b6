using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Sensing;
using BehaviorCloning.Simulation;

namespace BehaviorCloning.Tests.Sensing;

/// <summary>One sensor, learned once, for all claims.</summary>
public sealed class LearnedSensor : IDisposable
{
    public LearnedSensor()
    {
        Progress = [];
        Sensor = KeypointTraining.Train(Config, SquareWorld.Example, Options, seed: 1, Accelerator.Cpu(1), new Log(Progress));
    }

    public static KeypointSensorConfig Config { get; } = new() { Bodies = SquareWorld.Bodies, Height = 32, Width = 32, Channels = 8, UnitsPerPixel = 2, OriginX = 1, OriginY = 1 };

    public static KeypointTrainingOptions Options { get; } = new() { Steps = 700, BatchSize = 16, LearningRate = 0.004 };

    public KeypointSensor Sensor { get; }

    public List<(int Step, double Loss)> Progress { get; }

    public void Dispose() => Sensor.Dispose();

    private sealed class Log(List<(int Step, double Loss)> list) : IProgress<(int Step, double Loss)>
    {
        public void Report((int Step, double Loss) value) => list.Add(value);
    }
}

public sealed class KeypointSensorTests(LearnedSensor learned) : IClassFixture<LearnedSensor>
{
    [Fact]
    public void It_learns_to_see_poses_it_was_not_shown()
    {
        KeypointReport report = KeypointTraining.Measure(learned.Sensor, SquareWorld.Example, 128);
        report.MeanError.Should().BeLessThan(0.6, "pixels of 32; {0}", report);
        report.Bodies[0].MeanPositionError.Should().BeLessThan(1.0);
        (report.Bodies[0].MeanAngleError * 180 / Math.PI).Should().BeLessThan(6);
        report.Bodies[1].AngleWithinOneDeviation.Should().Be(double.NaN, "a dot has no angle");
        learned.Progress.Select(p => p.Step).Should().Equal(100, 200, 300, 400, 500, 600, 700);
        learned.Progress[^1].Loss.Should().BeLessThan(0.7 * learned.Progress[0].Loss);
    }

    [Fact]
    public void Its_doubt_is_calibrated()
    {
        KeypointReport report = KeypointTraining.Measure(learned.Sensor, SquareWorld.Example, 256);
        report.WithinOneDeviation.Should().BeInRange(0.55, 0.85, report.ToString());
        report.WithinTwoDeviations.Should().BeInRange(0.88, 0.995);
        report.Bodies[0].WithinOneDeviation.Should().BeInRange(0.5, 0.9);
        report.Bodies[0].AngleWithinOneDeviation.Should().BeInRange(0.5, 0.92);
    }

    [Fact]
    public void Where_nothing_is_to_be_seen_it_doubts()
    {
        byte[] blank = new byte[32 * 32 * 3];
        Array.Fill(blank, (byte)30);
        float inDark = learned.Sensor.Estimate(blank, 1).Deviations[..3].Average();
        float inLight = learned.Sensor.Estimate(SquareWorld.Example(5).Frame, 1).Deviations[..3].Average();
        inDark.Should().BeGreaterThan(4 * inLight);
    }

    [Fact]
    public void It_survives_its_folder()
    {
        using var folder = new TemporaryFolder();
        learned.Sensor.Save(folder["sensor"]);
        using KeypointSensor loaded = KeypointSensor.Load(folder["sensor"], Accelerator.Cpu(1));
        loaded.Config.Should().Be(learned.Sensor.Config);
        byte[] frame = SquareWorld.Example(77).Frame;
        loaded.Estimate(frame, 1).Positions.Should().Equal(learned.Sensor.Estimate(frame, 1).Positions);
        loaded.Estimate(frame, 1).Deviations.Should().Equal(learned.Sensor.Estimate(frame, 1).Deviations, "calibration is saved too");
        File.WriteAllText(Path.Combine(folder["sensor"], "sensor.json"), "{ \"bodies\": [], \"height\": 31 }");
        Action damaged = () => KeypointSensor.Load(folder["sensor"]);
        damaged.Should().Throw<InvalidDataException>().WithMessage("*does not describe a sensor*31*no Bodies*");
        Action absent = () => KeypointSensor.Load(folder["none"]);
        absent.Should().Throw<DirectoryNotFoundException>();
    }

    [Fact]
    public void As_a_module_it_says_poses_in_world_units()
    {
        learned.Sensor.Outputs.Select(f => f.ToString()).Should().Equal("sensed_bar_position [2]", "sensed_bar_angle [1]", "sensed_bar_deviation [2]", "sensed_dot_position [2]", "sensed_dot_deviation [1]");
        (double x, double y, double angle, double dotX, double dotY) = SquareWorld.Draw(123);
        IReadOnlyList<float[]> sensed = learned.Sensor.Begin().Sense([Seen(123)]);
        sensed[0][0].Should().BeApproximately((float)x, 4);
        sensed[0][1].Should().BeApproximately((float)y, 4);
        Math.Abs(Math.IEEERemainder(sensed[1][0] - angle, Math.Tau)).Should().BeLessThan(0.3);
        sensed[1][0].Should().BeInRange(0, MathF.Tau);
        sensed[3][0].Should().BeApproximately((float)dotX, 4);
        sensed[3][1].Should().BeApproximately((float)dotY, 4);
    }

    [Fact]
    public void In_blocks_and_step_by_step_it_senses_the_same_with_a_filter_too()
    {
        using KeypointSensor filtered = learned.Sensor.With(learned.Sensor.Config with { Filter = new PlanarPoseFilterOptions { Acceleration = 100, AngularAcceleration = 5 } });
        Observation[] steps = [.. Enumerable.Range(0, 6).Select(i => Seen(SquareWorld.Draw(9) with { X = 24 + i, Angle = 6.1 + (0.1 * i) }))];
        ISensingEpisode block = filtered.Begin(), single = filtered.Begin();
        IReadOnlyList<float[]> whole = block.Sense(steps);
        for (int step = 0; step < steps.Length; step++)
        {
            IReadOnlyList<float[]> one = single.Sense([steps[step]]);
            for (int i = 0; i < whole.Count; i++)
            {
                int size = filtered.Outputs[i].Size;
                one[i].Zip(whole[i][(step * size)..((step + 1) * size)], (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-3f);
            }
        }

        Action other = () => learned.Sensor.With(learned.Sensor.Config with { Channels = 16 });
        other.Should().Throw<ArgumentException>().WithMessage("*another network*");
    }

    [Fact]
    public void The_same_seed_learns_the_same()
    {
        KeypointTrainingOptions few = LearnedSensor.Options with { Steps = 3, Light = new LightChange(), CalibrationExamples = 16 };
        using KeypointSensor a = KeypointTraining.Train(LearnedSensor.Config, SquareWorld.Example, few, 4, Accelerator.Cpu(1)), b = KeypointTraining.Train(LearnedSensor.Config, SquareWorld.Example, few, 4, Accelerator.Cpu(1));
        byte[] frame = SquareWorld.Example(1).Frame;
        a.Estimate(frame, 1).Positions.Should().Equal(b.Estimate(frame, 1).Positions);
    }

    [Fact]
    public void Every_fault_is_listed_and_a_wrong_example_is_refused()
    {
        Action train = () => KeypointTraining.Train(new KeypointSensorConfig { Bodies = [new("a", [1, 0]), new("a", [1])], UnitsPerPixel = 0 }, SquareWorld.Example, new KeypointTrainingOptions { Steps = 0, Light = new LightChange { Gain = 1 } });
        train.Should().Throw<ArgumentException>().WithMessage("*UnitsPerPixel 0*single point*1 model coordinates*2 bodies are called 'a'*Steps 0*Gain 1*");
        Action example = () => KeypointTraining.Train(LearnedSensor.Config, _ => new KeypointExample(new byte[3], new float[2]), LearnedSensor.Options with { Steps = 1 }, accelerator: Accelerator.Cpu(1));
        example.Should().Throw<ArgumentException>().WithMessage("*3 bytes and 2 keypoint coordinates*3072 and 8*");
    }

    [Fact]
    public void Push_T_examples_show_what_their_keypoints_say()
    {
        for (long seed = 0; seed < 30; seed++)
        {
            KeypointExample example = PushTKeypointExamples.Draw(seed);
            example.Keypoints.Should().HaveCount(20);
            // The agent's disc is blue around its center.
            (int x, int y) = ((int)Math.Round(example.Keypoints[18]), (int)Math.Round(example.Keypoints[19]));
            example.Frame.AsSpan(((y * 96) + x) * 3, 3).ToArray().Should().Equal([78, 126, 255], $"seed {seed}");
            // The fourth keypoint lies where bar and stem meet, inside the T.
            (x, y) = ((int)Math.Round(example.Keypoints[6]), (int)Math.Round(example.Keypoints[7]));
            if (x is < 2 or > 93 || y is < 2 or > 93) continue;
            example.Frame[(((y * 96) + x) * 3) + 2].Should().BeInRange(150, 186, $"seed {seed}");
        }

        PushTKeypointExamples.Draw(3).Keypoints.Should().Equal(PushTKeypointExamples.Draw(3).Keypoints);
    }

    private static Observation Seen(long seed) => Seen(SquareWorld.Draw(seed));

    private static Observation Seen((double X, double Y, double Angle, double DotX, double DotY) state) =>
        new() { Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["image"] = SquareWorld.Example(state).Frame } };
}

public sealed class LightChangeTests
{
    [Fact]
    public void It_darkens_a_channel_evenly_and_keeps_order()
    {
        byte[] frame = [.. Enumerable.Range(0, 256).SelectMany(i => Enumerable.Repeat((byte)i, 3))], changed = [.. frame];
        new LightChange().Apply(changed, new RandomStream(5));
        changed.Should().NotEqual(frame);
        for (int channel = 0; channel < 3; channel++)
            Enumerable.Range(0, 256).Select(i => changed[(3 * i) + channel]).Should().BeInAscendingOrder();
        byte[] again = [.. frame];
        new LightChange().Apply(again, new RandomStream(5));
        again.Should().Equal(changed, "the same draws change the same");
    }

    [Fact]
    public void No_change_changes_nothing()
    {
        byte[] frame = [.. Enumerable.Range(0, 99).Select(i => (byte)(2 * i))], changed = [.. frame];
        new LightChange { Gain = 0, Gamma = 0, Offset = 0 }.Apply(changed, new RandomStream(1));
        changed.Should().Equal(frame);
    }
}
