using System.Text.Json;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Images;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>The published weights of real networks on real photographs, against PyTorch: golden/make_cifar_logits.py.</summary>
public sealed class CifarPhotographsTests
{
    [SkippableTheory]
    [InlineData(20, "resnet20-12fca82f.th")]
    [InlineData(56, "resnet56-4bfd9763.th")]
    public void Logits_of_published_networks_are_PyTorchs(int depth, string name)
    {
        string weights = TestData.Require("cifar_resnet/" + name), photographs = TestData.Require("images/skimage");
        using var network = new CifarResNet(depth, classes: 10);
        using (WeightFile file = WeightFile.OpenAny(weights))
        {
            var targets = network.state_dict().Where(pair => !pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value);
            file.LoadInto(targets, TorchvisionNames.Of);
        }

        network.eval();
        using var preprocessor = new ImagePreprocessor(ImageScaling.ImageNet, new ImageSize(32, 32), null);
        using IDisposable noGradient = no_grad();
        JsonElement golden = GoldenFile.Json("cifar_logits.json").GetProperty($"{depth}");
        foreach (JsonProperty photograph in golden.EnumerateObject())
        {
            Image image = ImageFile.Read(Path.Combine(photographs, photograph.Name)).ToRgb();
            using Tensor frames = tensor(image.Pixels.ToArray(), [1, 1, image.Height, image.Width, 3]);
            float[] logits = network.Logits(preprocessor.Prepare(frames, null)).Values();
            logits.Zip(photograph.Value.Floats(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f, photograph.Name);
            if (photograph.Name == "chelsea.png") Array.IndexOf(logits, logits.Max()).Should().Be(3, "it is a cat");
        }
    }

    [SkippableFact]
    public void An_encoder_reads_them_as_they_are_published()
    {
        string weights = TestData.Require("cifar_resnet/resnet20-12fca82f.th");
        var features = new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 96, 96, 3));
        using var encoder = (PretrainedEncoder)new PretrainedEncoderConfig { Network = new PublishedCifarResNet() }.Create(features, 1);
        encoder.Load(weights);
        encoder.eval();
        using Tensor tokens = encoder.Encode(new Dictionary<string, Tensor> { ["front"] = full([1, 1, 96, 96, 3], 128, ScalarType.Byte) });
        tokens.shape.Should().Equal(1, 1, 64);
        tokens.Values().Should().OnlyContain(value => float.IsFinite(value) && value >= 0);
    }
}
