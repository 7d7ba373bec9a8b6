using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Images;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

/// <summary>Networks that were learned once, for all claims.</summary>
public sealed class LearnedNetworks : IDisposable
{
    public const int Trained = 1000, Count = 1500;

    public LearnedNetworks()
    {
        World = new SmallPushT(Count);
        Plain = Learn(SmallPushT.Autoencoder, 1500);
        Variational = Learn(SmallPushT.Variational, 1300);
        Masked = Learn(SmallPushT.Masked, 500);
    }

    public PretrainedNetwork Plain { get; }

    public PretrainedNetwork Variational { get; }

    public PretrainedNetwork Masked { get; }

    public List<(int Step, double Loss)> Progress { get; } = [];

    internal SmallPushT World { get; }

    public FrameSource Training => World.Source.Subset(Enumerable.Range(0, Trained));

    public FrameSource HeldOut => World.Source.Subset(Enumerable.Range(Trained, Count - Trained));

    public void Dispose()
    {
        foreach (PretrainedNetwork network in new[] { Plain, Variational, Masked }) network.Dispose();
    }

    private PretrainedNetwork Learn(LearnedNetwork config, int steps)
    {
        Progress.Clear();
        return Pretraining.Train(config, Training, new PretrainingOptions { Steps = steps, WarmupSteps = 50, LearningRate = 2e-3 }, seed: 1, Accelerator.Cpu(1), new Log(Progress));
    }

    private sealed class Log(List<(int Step, double Loss)> list) : IProgress<(int Step, double Loss)>
    {
        public void Report((int Step, double Loss) value) => list.Add(value);
    }
}

public sealed class PretrainingTests(LearnedNetworks learned) : IClassFixture<LearnedNetworks>
{
    private static readonly PretrainingOptions Few = new() { Steps = 3, BatchSize = 4 };

    [Fact]
    public void Networks_rebuild_frames_that_they_have_not_learned_from()
    {
        PretrainingReport plain = Pretraining.Measure(learned.Plain, learned.HeldOut), variational = Pretraining.Measure(learned.Variational, learned.HeldOut), masked = Pretraining.Measure(learned.Masked, learned.HeldOut);
        plain.Improvement.Should().BeGreaterThan(1.7, plain.ToString());
        variational.Improvement.Should().BeGreaterThan(1.7, variational.ToString());
        masked.Improvement.Should().BeGreaterThan(1.1, masked.ToString());
        foreach (PretrainingReport report in new[] { plain, variational, masked }) report.Warnings.Should().BeEmpty();
        variational.Divergence.Should().BePositive();
        variational.ActiveLatents.Should().BeGreaterThan(4);
        (plain.Divergence, plain.ActiveLatents, plain.NegativeElbo).Should().Be((null, null, null));
        learned.Progress.Select(p => p.Step).Should().Equal(Enumerable.Range(1, 5).Select(i => 100 * i));
        learned.Progress[^1].Loss.Should().BeLessThan(0.9 * learned.Progress[0].Loss);
    }

    [Fact]
    public void An_untrained_network_is_told_to_be_no_better_than_the_mean_frame()
    {
        using PretrainedNetwork untrained = PretrainedNetwork.Untrained(SmallPushT.Autoencoder, 1, Accelerator.Cpu(1));
        PretrainingReport report = Pretraining.Measure(untrained, learned.HeldOut);
        report.Improvement.Should().BeLessThan(1);
        report.Warnings.Should().ContainSingle().Which.Should().Contain("no better than the mean frame");
        report.ToString().Should().StartWith("WARNING");
    }

    [Fact]
    public void The_pose_is_read_better_from_learned_features_than_from_random_ones()
    {
        // The masked autoencoder needs more than the seconds of a test for it: docs/results/seeing.md.
        foreach (PretrainedNetwork network in new[] { learned.Plain, learned.Variational })
        {
            using PretrainedNetwork untrained = PretrainedNetwork.Untrained(network.Config, 1, Accelerator.Cpu(1));
            PoseProbeReport after = Probe(network), before = Probe(untrained);
            string claim = $"{network.Config.GetType().Name}: {after}, untrained {before}";
            after.PositionExplained.Should().BeGreaterThan(before.PositionExplained + 0.1, claim);
            after.AngleExplained.Should().BeGreaterThan(before.AngleExplained + 0.05, claim);
            after.PositionError.Should().BeLessThan(before.PositionError, claim);
        }
    }

    [Fact]
    public void Shuffled_poses_cannot_be_read()
    {
        float[] poses = learned.World.Poses(Enumerable.Range(0, 900)), shuffled = [.. Enumerable.Range(0, 900).OrderBy(i => (i * 7919) % 900).SelectMany(i => poses.AsSpan(4 * i, 4).ToArray())];
        PoseProbeReport report = PoseProbeReport.Of(
            new ProbeExamples(900, learned.Plain.Features(learned.World.Source.Subset(Enumerable.Range(0, 900))), shuffled), Examples(learned.Plain, 900, 1000), Examples(learned.Plain, 1000, 1500));
        report.PositionExplained.Should().BeLessThan(0.1);
        report.AngleExplained.Should().BeLessThan(0.1);
    }

    [Fact]
    public void A_collapsed_posterior_is_told_loudly()
    {
        using PretrainedNetwork collapsed = Pretraining.Train(SmallPushT.Variational with { Beta = 1000 }, learned.Training, new PretrainingOptions { Steps = 250, WarmupSteps = 20, LearningRate = 3e-3 }, 1, Accelerator.Cpu(1));
        PretrainingReport report = Pretraining.Measure(collapsed, learned.HeldOut);
        report.ActiveLatents.Should().Be(0, report.ToString());
        report.Warnings.Should().Contain(warning => warning.Contains("collapsed") && warning.Contains("none of 32"));
    }

    [Fact]
    public void The_report_shows_frame_masked_frame_and_reconstruction()
    {
        using var folder = new TemporaryFolder();
        Image plain = Pretraining.Measure(learned.Plain, learned.HeldOut, pictured: 5).Picture, masked = Pretraining.Measure(learned.Masked, learned.HeldOut, pictured: 5).Picture;
        (plain.Height, plain.Width).Should().Be(((2 * 52) - 4, (5 * 52) - 4));
        (masked.Height, masked.Width).Should().Be(((3 * 52) - 4, (5 * 52) - 4));
        ImageFile.Write(folder["reconstructions.png"], masked);
        ImageFile.Read(folder["reconstructions.png"]).Pixels.ToArray().Should().Equal(masked.Pixels.ToArray());
        byte[] first = new byte[learned.HeldOut.FrameBytes];
        learned.HeldOut.Read(0, first);
        for (int row = 0; row < 48; row++) masked.Pixels.Slice(row * masked.Width * 3, 48 * 3).ToArray().Should().Equal(first.AsSpan(row * 48 * 3, 48 * 3).ToArray());
        byte[] hidden = [.. Enumerable.Range(0, 48).SelectMany(row => masked.Pixels.Slice((52 + row) * masked.Width * 3, 48 * 3).ToArray())];
        hidden.Count(value => value == 128).Should().BeGreaterThan((int)(0.7 * hidden.Length), "three quarters are masked");
    }

    [Fact]
    public void A_network_survives_its_folder_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        foreach (PretrainedNetwork network in new[] { learned.Plain, learned.Variational, learned.Masked })
        {
            network.Save(folder["network"]);
            using PretrainedNetwork loaded = PretrainedNetwork.Load(folder["network"], Accelerator.Cpu(1));
            loaded.Config.Should().Be(network.Config);
            FrameSource few = learned.HeldOut.Subset([3, 1, 4]);
            loaded.Features(few).Should().Equal(network.Features(few));
            Pretraining.Measure(loaded, few, seed: 2).Loss.Should().Be(Pretraining.Measure(network, few, seed: 2).Loss, "the decoder is there too");
        }

        File.WriteAllText(Path.Combine(folder["network"], "network.json"), "{ \"kind\": \"VariationalAutoencoder\", \"latents\": 0, \"beta\": -1 }");
        Action damaged = () => PretrainedNetwork.Load(folder["network"]);
        damaged.Should().Throw<InvalidDataException>().WithMessage("*does not describe a learned network*Latents 0*Beta -1*");
        File.Delete(Path.Combine(folder["network"], "weights.safetensors"));
        Action without = () => PretrainedNetwork.Load(folder["network"]);
        without.Should().Throw<InvalidDataException>().WithMessage("*weights.safetensors*");
        Action absent = () => PretrainedNetwork.Load(folder["none"]);
        absent.Should().Throw<DirectoryNotFoundException>();
    }

    [Fact]
    public void The_same_seed_learns_the_same_and_another_something_else()
    {
        float[] Features(long seed)
        {
            using PretrainedNetwork network = Pretraining.Train(SmallPushT.Variational, learned.Training, Few, seed, Accelerator.Cpu(1));
            return network.Features(learned.HeldOut.Subset([0, 1]));
        }

        float[] first = Features(5);
        TorchSharp.torch.random.manual_seed(99);
        Features(5).Should().Equal(first);
        Features(6).Should().NotEqual(first);
    }

    [Fact]
    public void Stopped_early_it_keeps_what_it_has_learned()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        using PretrainedNetwork stopped = Pretraining.Train(SmallPushT.Autoencoder, learned.Training, Few, 5, Accelerator.Cpu(1), cancellationToken: stop.Token), untrained = PretrainedNetwork.Untrained(SmallPushT.Autoencoder, 5, Accelerator.Cpu(1));
        stopped.Features(learned.HeldOut.Subset([0])).Should().Equal(untrained.Features(learned.HeldOut.Subset([0])));
    }

    [Fact]
    public void Every_fault_is_told_at_once_and_divergence_is_loud()
    {
        var empty = new FrameSource(32, 48, 0, (_, _) => { });
        Action train = () => Pretraining.Train(SmallPushT.Variational with { Beta = -1 }, empty, new PretrainingOptions { Steps = 0, BatchSize = 0, LearningRate = double.NaN });
        train.Should().Throw<ArgumentException>().WithMessage("*Beta -1*Steps 0*BatchSize 0*LearningRate NaN*no frames*32 x 48*48 x 48*");
        Action measure = () => Pretraining.Measure(learned.Plain, empty);
        measure.Should().Throw<ArgumentException>().WithMessage("*no frames*32 x 48*");
        Action diverge = () => Pretraining.Train(SmallPushT.Autoencoder, learned.Training, Few with { LearningRate = 1e30, WarmupSteps = 0, Steps = 20 }, 1, Accelerator.Cpu(1));
        diverge.Should().Throw<TrainingDivergedException>();
    }

    private PoseProbeReport Probe(PretrainedNetwork network) => PoseProbeReport.Of(Examples(network, 0, 900), Examples(network, 900, LearnedNetworks.Trained), Examples(network, LearnedNetworks.Trained, LearnedNetworks.Count));

    private ProbeExamples Examples(PretrainedNetwork network, int from, int to)
    {
        int[] which = [.. Enumerable.Range(from, to - from)];
        return new ProbeExamples(which.Length, network.Features(learned.World.Source.Subset(which)), learned.World.Poses(which));
    }
}
