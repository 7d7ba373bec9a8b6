using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Datasets;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;
using BehaviorCloning.Training;

namespace Seeing;

/// <summary>
/// Intermediate: frames through a network that knew something before. Frozen, what it makes of them is made once; fine-tuned, the second half of the time goes into frames
/// and network at its own learning rate, from where the first half ended.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="family">Frozen, fine-tuned or learned.</param>
/// <param name="network">The network, tiny or not.</param>
internal sealed class EncodedInput(string name, string family, Func<bool, PublishedNetwork> network) : Input(name, family, "nothing changed")
{
    private const int Width = 64, TunedBatch = 32;

    /// <summary>What is read: maps, behind a dense layer that is trained, or the network's own summary.</summary>
    public ImageReadout Readout { get; init; } = new FeatureMapReadout();

    /// <summary>Stages that stay frozen while the others are fine-tuned; null: all are frozen throughout.</summary>
    public int? FrozenStages { get; init; }

    /// <summary>Steps in which the network is learned on the frames first; null: its weights are published.</summary>
    public int? PretrainingSteps { get; init; }

    public override bool NeedsWeights => PretrainingSteps is null;

    public override Learned Learn(Job job)
    {
        TimeSpan before = Learner.Spent();
        using var seen = new EncoderSensing(new PretrainedEncoderConfig { Network = network(job.Quick), Readout = Readout }, SmallFrame.Feature, seed: job.Seed, accelerator: job.Accelerator);
        ((PretrainedEncoder)seen.Encoder).Load(PretrainingSteps is { } steps ? Pretrain((LearnedNetwork)network(job.Quick), job.Quick ? 3 : steps, job) : job.Weights!);
        var encoded = new SensedEpisodes(job.Demonstrations, seen);
        for (int episode = 0; episode < encoded.EpisodeCount; episode++)
        {
            job.CancellationToken.ThrowIfCancellationRequested();
            encoded.ReadEpisode(episode);
        }

        double preparation = (Learner.Spent() - before).TotalSeconds;
        job.Say(string.Create(CultureInfo.InvariantCulture, $"  prepared in {preparation:0} s"));
        var reading = new ProprioceptionEncoderConfig { TokenPerStep = true, HiddenWidths = Readout is FeatureMapReadout ? [Width] : [] };
        using LearnedPolicy onFeatures = LearnedPolicy.Create(PixelPolicy.Seeing(seen.Outputs[0].Name, reading, job.Quick), encoded, job.Seed, job.Accelerator);
        TrainingCost first = Learner.Train(onFeatures, encoded, Learner.Batch, job, FrozenStages is null ? 1 : 0.5) with { PreparationSeconds = preparation };
        if (FrozenStages is null) return new Learned(seen.Unite(onFeatures), first);

        LearnedPolicy onFrames = seen.Unite(onFeatures, encoder => (PretrainedEncoderConfig)encoder with { FrozenStages = FrozenStages });
        TrainingCost second = Learner.Train(onFrames, job.Demonstrations, TunedBatch, job, 0.5);
        return new Learned(onFrames, second with { Steps = first.Steps + second.Steps, Windows = first.Windows + second.Windows, Seconds = first.Seconds + second.Seconds, PreparationSeconds = preparation });
    }

    // On the frames of the demonstrations, mirrored ones too; their actions are not looked at.
    private string Pretrain(LearnedNetwork config, int steps, Job job)
    {
        string folder = Path.Combine(job.Folder, "network");
        FrameSource frames = FrameSource.Of(job.Demonstrations, SmallFrame.Feature.Name);
        using PretrainedNetwork learned = Pretraining.Train(config, frames, new PretrainingOptions { Steps = steps, BatchSize = job.Quick ? 8 : 64 }, job.Seed, job.Accelerator, cancellationToken: job.CancellationToken);
        job.CancellationToken.ThrowIfCancellationRequested();
        learned.Save(folder);
        return Path.Combine(folder, LearnedNetwork.WeightsName);
    }
}
