using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Benchmarks;

/// <summary>Encoders of images: frames of 96 x 96 to tokens at batch 1, and a training step at batch 16, beside PyTorch's.</summary>
internal sealed class Encoders(Accelerator accelerator, Peer? peer, int rounds, bool quick)
{
    private const int Batch = 16, Extent = 96;

    private static readonly (string Name, ObservationEncoderConfig Config)[] Configs =
    [
        ("resnet18", new ResNetEncoderConfig()),
        ("resnet18-frozen-batch-norm", new ResNetEncoderConfig { Norm = ResNetNorm.FrozenBatch, Readout = new AverageReadout() }),
        ("vit-mini", new VisionTransformerEncoderConfig()),
        ("vit-tiny", new VisionTransformerEncoderConfig { Transformer = VisionTransformerOptions.Tiny }),
    ];

    public IEnumerable<Measurement> Run()
    {
        var features = new ObservationSpec(new FeatureSpec("camera", FeatureElement.UInt8, Extent, Extent, 3));
        foreach ((string name, ObservationEncoderConfig config) in Configs)
        {
            using ObservationEncoder encoder = config.Create(features, 1);
            encoder.to(accelerator.Device);
            yield return Encode(name, encoder);
            yield return Learn(name, encoder);
        }
    }

    private Measurement Encode(string name, ObservationEncoder encoder)
    {
        using Tensor frames = Frames(1);
        var inputs = new Dictionary<string, Tensor> { ["camera"] = frames };
        encoder.eval();
        using IDisposable noGradient = no_grad();
        return Time(new Measurement($"encode/{name}"), quick ? 2 : 20, () => encoder.Encode(inputs).Dispose());
    }

    private Measurement Learn(string name, ObservationEncoder encoder)
    {
        using Tensor frames = Frames(Batch);
        var inputs = new Dictionary<string, Tensor> { ["camera"] = frames };
        encoder.train();
        using var parameters = new FlatParameters(encoder);
        using var optimizer = new FlatAdamW(parameters, threads: Math.Max(accelerator.TorchThreads, accelerator.BlasThreads));
        return Time(new Measurement($"learn/{name}"), quick ? 1 : 3, () =>
        {
            using DisposeScope scope = NewDisposeScope();
            encoder.Encode(inputs).square().mean().backward();
            optimizer.Step(1e-4, 1);
        });
    }

    private Measurement Time(Measurement measurement, int repetitions, Action work)
    {
        Measurement.Time(work, repetitions);
        peer?.Run(measurement.Name, repetitions);
        for (int round = 0; round < rounds; round++) measurement.Add(Measurement.Time(work, repetitions), peer?.Run(measurement.Name, repetitions));
        return measurement;
    }

    private Tensor Frames(int batch) => randint(256, [batch, 1, Extent, Extent, 3], ScalarType.Byte).to(accelerator.Device);
}
