using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using static TorchSharp.torch;

namespace BehaviorCloning.Benchmarks;

/// <summary>The heads that are not diffusion or flow: a training step at batch 256 and a chunk at batch 1, beside PyTorch's.</summary>
internal sealed class Heads(IEpisodeSource data, Accelerator accelerator, Peer? peer, int rounds, bool quick)
{
    private static readonly ObservationEncoderConfig TokenPerStep = new ProprioceptionEncoderConfig { TokenPerStep = true };

    private static readonly (string Name, PolicyConfig Config)[] Policies =
    [
        ("binned", Presets.MsePushTState with { Head = new BinnedHeadConfig() }),
        ("autoregressive", Presets.MsePushTState with { Head = new AutoregressiveHeadConfig(), Encoder = TokenPerStep }),
        ("gmm", Presets.MsePushTState with { Head = new GaussianMixtureHeadConfig() }),
        ("lstm-gmm", Presets.LstmGmmPushTState),
        ("ibc", Presets.ImplicitPushTState),
        ("bet", Presets.BehaviorTransformerPushTState),
        ("cvae", Presets.MsePushTState with { Head = new CvaeHeadConfig() }),
        ("act", Presets.ActPushTState),
    ];

    public IEnumerable<Measurement> Run()
    {
        foreach ((string name, PolicyConfig config) in Policies)
        {
            using var policy = LearnedPolicy.Create(config with { HoldsAfterEnd = false }, data, accelerator: accelerator);
            int steps = quick ? 2 : 10;
            var training = new Measurement($"train/{name}");
            Trainer.Train(
                policy, data, new TrainerConfig { Steps = steps * (rounds + 1), LogInterval = steps, WarmupSteps = 0, Beta2 = 0.99 },
                observers: [new Turns(training, steps, peer)]);
            yield return training;

            int repetitions = quick ? 5 : 50;
            var sampling = new Measurement($"sample/{name}");
            PolicyHead head = policy.Network.Head;
            using Tensor context = zeros(1, head.Shape.ContextTokens, head.Shape.ContextWidth);
            policy.Network.eval();
            void Ours() => head.Sample(context).Dispose();
            Measurement.Time(Ours, repetitions);
            peer?.Run(sampling.Name, repetitions);
            for (int round = 0; round < rounds; round++) sampling.Add(Measurement.Time(Ours, repetitions), peer?.Run(sampling.Name, repetitions));
            yield return sampling;
        }
    }
}
