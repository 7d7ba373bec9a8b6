using BehaviorCloning.Encoders;
using BehaviorCloning.Images;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/encoders/learned.md.</summary>
internal static class LearnedPage
{
    // <snippet learned>
    public static LearnedPolicy WithLearned(PolicyConfig config, IEpisodeSource demonstrations, IEpisodeSource recordings, string folder)
    {
        (FrameSource training, FrameSource heldOut) = FrameSource.Of(recordings, "image", every: 2).Split(heldOutShare: 0.1);
        using PretrainedNetwork network = Pretraining.Train(new VariationalAutoencoder { Latents = 64 }, training, new PretrainingOptions { Steps = 7000 });
        PretrainingReport report = Pretraining.Measure(network, heldOut);
        Console.WriteLine(report);
        ImageFile.Write("reconstructions.png", report.Picture);
        network.Save(folder);

        var encoder = new PretrainedEncoderConfig { Network = network.Config, FrozenStages = null };
        var policy = LearnedPolicy.Create(config with { Encoder = encoder }, demonstrations);
        ((PretrainedEncoder)policy.Network.Encoder).Load(folder);
        return policy;
    }
    // </snippet>

    // <snippet probe>
    public static PoseProbeReport Probe(PretrainedNetwork network, FrameSource frames, float[] poses, int[] training, int[] validation, int[] test)
    {
        return PoseProbeReport.Of(Examples(training), Examples(validation), Examples(test));

        ProbeExamples Examples(int[] which) => new(which.Length, network.Features(frames.Subset(which)), [.. which.SelectMany(i => poses.AsSpan(4 * i, 4).ToArray())]);
    }
    // </snippet>
}
