using System.Diagnostics;
using BehaviorCloning.Encoders;
using BehaviorCloning.Features;
using BehaviorCloning.Policies;
using BehaviorCloning.Sensing;

namespace Seeing;

/// <summary>
/// Intermediate: a ResNet-20 that others trained to name ten kinds of things (CIFAR-10). Frozen, its maps are made once; fine-tuned, the second half of the time goes
/// into the whole of it, at its own learning rate, from where the first half ended.
/// </summary>
/// <param name="name">Its name.</param>
/// <param name="tuned">Whether it is fine-tuned.</param>
internal sealed class PublishedInput(string name, bool tuned) : Input(name, tuned ? "fine-tuned" : "frozen", "nothing changed")
{
    private const int Width = 64, Batch = 256, TunedBatch = 32;

    public override bool NeedsWeights => true;

    public override Learned Learn(Job job)
    {
        var clock = Stopwatch.StartNew();
        using var maps = new EncoderSensing(new PretrainedEncoderConfig { Network = new PublishedCifarResNet(), Readout = new FeatureMapReadout() }, SmallFrame.Feature, seed: job.Seed, accelerator: job.Accelerator);
        ((PretrainedEncoder)maps.Encoder).Load(job.Weights!);
        var encoded = new SensedEpisodes(job.Demonstrations, maps);
        for (int episode = 0; episode < encoded.EpisodeCount; episode++)
        {
            job.CancellationToken.ThrowIfCancellationRequested();
            encoded.ReadEpisode(episode);
        }

        double preparation = clock.Elapsed.TotalSeconds;
        var reading = new ProprioceptionEncoderConfig { TokenPerStep = true, HiddenWidths = [Width] };
        using LearnedPolicy onMaps = LearnedPolicy.Create(PixelPolicy.Seeing(maps.Outputs[0].Name, reading, job.Quick), encoded, job.Seed, job.Accelerator);
        TrainingCost frozen = Learner.Train(onMaps, encoded, Batch, job, tuned ? 0.5 : 1) with { PreparationSeconds = preparation };
        if (!tuned) return new Learned(maps.Unite(onMaps), frozen);

        LearnedPolicy onFrames = maps.Unite(onMaps, encoder => (PretrainedEncoderConfig)encoder with { FrozenStages = 1 });
        TrainingCost whole = Learner.Train(onFrames, job.Demonstrations, TunedBatch, job, 0.5);
        return new Learned(onFrames, whole with { Steps = frozen.Steps + whole.Steps, Seconds = frozen.Seconds + whole.Seconds, PreparationSeconds = preparation });
    }
}
