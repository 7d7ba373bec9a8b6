using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Benchmarks;

/// <summary>
/// Diffusion's networks: a training step, a chunk in ten DDIM steps beside PyTorch's, and the same chunk without what is computed once an
/// inference ("plain", whose peer is our own sampler).
/// </summary>
internal sealed class Denoisers(IEpisodeSource data, Accelerator accelerator, Peer? peer, int rounds, bool quick)
{
    private const int Steps = 10;

    public static IReadOnlyDictionary<string, DenoiserConfig> Networks { get; } = new Dictionary<string, DenoiserConfig>
    {
        ["mlp"] = new ResidualMlpDenoiserConfig(),
        ["unet"] = new ConditionalUnetDenoiserConfig(),
        ["transformer"] = new DiffusionTransformerDenoiserConfig { Dropout = 0 },
        ["unet65m"] = new ConditionalUnetDenoiserConfig { Widths = [256, 512, 1024], TimeWidth = 256 },
    };

    public IEnumerable<Measurement> Run()
    {
        foreach ((string name, DenoiserConfig denoiser) in Networks)
        {
            var head = new DiffusionHeadConfig { Denoiser = denoiser, Prediction = DiffusionPrediction.Epsilon, Clipping = new ClipToRange { Range = 6 }, Sampler = new DdimSampler { Steps = Steps, Spacing = StepSpacing.Leading } };
            PolicyConfig config = Presets.DiffusionPushTState with { Head = head, HoldsAfterEnd = false, Encoder = new ProprioceptionEncoderConfig { TokenPerStep = name == "transformer" } };
            using var policy = LearnedPolicy.Create(config, data, accelerator: accelerator);
            // A step of the published U-Net takes many seconds on a CPU; a step says nothing that the small one's does not.
            if (name != "unet65m") yield return Train(name, policy);
            foreach (Measurement measurement in Sample(name, policy, denoiser, head)) yield return measurement;
        }
    }

    private Measurement Train(string name, LearnedPolicy policy)
    {
        bool small = name == "mlp";
        int steps = small ? (quick ? 10 : 40) : quick ? 1 : 3;
        var measurement = new Measurement($"train/diffusion-{name}");
        Trainer.Train(
            policy, data, new TrainerConfig { Steps = steps * (rounds + 1), BatchSize = small ? 256 : 64, LogInterval = steps, WarmupSteps = 0 },
            observers: [new Turns(measurement, steps, peer)]);
        return measurement;
    }

    private IEnumerable<Measurement> Sample(string name, LearnedPolicy policy, DenoiserConfig denoiserConfig, DiffusionHeadConfig head)
    {
        int repetitions = name switch { "mlp" => quick ? 20 : 100, "unet65m" => 1, _ => quick ? 2 : 10 };
        HeadShape shape = policy.Network.Head.Shape;
        using Tensor context = zeros(1, shape.ContextTokens, shape.ContextWidth);
        policy.Network.eval();
        void Ours() => policy.Network.Head.Sample(context).Dispose();

        var besidePeer = new Measurement($"sample/diffusion-{name}");
        Measurement.Time(Ours, repetitions);
        peer?.Run(besidePeer.Name, repetitions);
        for (int round = 0; round < rounds; round++) besidePeer.Add(Measurement.Time(Ours, repetitions), peer?.Run(besidePeer.Name, repetitions));
        yield return besidePeer;

        using Denoiser denoiser = denoiserConfig.Create(shape);
        denoiser.eval();
        var levels = new NoiseLevels(head.Schedule);
        DenoisingStep[] plan = [.. head.Sampler.Plan(levels)];
        void Plain() => PlainSample(denoiser, plan, levels, context).Dispose();
        var besidePlain = new Measurement($"sample/diffusion-{name}, beside the plain path");
        Measurement.Time(Plain, repetitions);
        for (int round = 0; round < rounds; round++) besidePlain.Add(Measurement.Time(Ours, repetitions), Measurement.Time(Plain, repetitions));
        yield return besidePlain;
    }

    // DDIM from the description: the whole network at every step.
    private static Tensor PlainSample(Denoiser denoiser, DenoisingStep[] plan, NoiseLevels levels, Tensor context)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(1, denoiser.Shape.PredictionHorizon, denoiser.Shape.ActionDimension);
        foreach (DenoisingStep step in plan)
        {
            Tensor noise = denoiser.Forward(context, x, full(1, (float)step.Level / levels.Count));
            Tensor action = (x - (noise * levels.Noise(step.Level))).div(levels.Signal(step.Level)).clamp(-6, 6);
            x = (action * step.Clean) + (noise * step.Noise);
        }

        return x.MoveToOuterDisposeScope();
    }
}
