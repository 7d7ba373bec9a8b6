using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ResNetEncoderTests
{
    private static readonly ObservationSpec Features = new(new FeatureSpec("a", 3), new FeatureSpec("front", FeatureElement.UInt8, 96, 96, 3));

    [Fact]
    public void Diffusion_policys_token_is_proprioception_and_64_numbers_a_camera_each_step()
    {
        new ResNetEncoderConfig().Tokens(Features, 2).Should().Be(new TokenShape(1, 2 * (3 + 64)));
        new ResNetEncoderConfig { TokenPerStep = true }.Tokens(Features, 2).Should().Be(new TokenShape(2, 3 + 64));
    }

    [Fact]
    public void A_scaled_image_is_ImageNets_standardization_or_minus_one_to_one()
    {
        using Tensor frames = tensor(new byte[] { 0, 128, 255 }, [1, 1, 1, 1, 3]);
        using var imageNet = new ImagePreprocessor(ImageScaling.ImageNet, null, null);
        using var symmetric = new ImagePreprocessor(ImageScaling.Symmetric, null, null);
        float[] expected = [(0 - 0.485f) / 0.229f, ((128 / 255f) - 0.456f) / 0.224f, (1 - 0.406f) / 0.225f];
        imageNet.Prepare(frames, null).Values().Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
        symmetric.Prepare(frames, null).Values().Zip([-1f, (2 * 128 / 255f) - 1, 1f], (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Training_crops_all_steps_of_an_observation_alike_and_observations_each_its_own_way()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, null, new ImageSize(4, 6));
        preprocessor.train();
        using Tensor frames = Places(32, 3, 12, 14);
        using Tensor prepared = preprocessor.Prepare(frames, new Generator(1, CPU)).view(32, 3, 3, 4, 6);
        (int Row, int Column)[] corners = new (int, int)[32];
        for (int b = 0; b < 32; b++)
        {
            for (int step = 0; step < 3; step++)
            {
                (int, int) corner = (Byte(prepared[b, step, 0, 0, 0]), Byte(prepared[b, step, 1, 0, 0]));
                if (step == 0) corners[b] = corner;
                else corner.Should().Be(corners[b]);
                (Byte(prepared[b, step, 0, 3, 5]), Byte(prepared[b, step, 1, 3, 5])).Should().Be((corners[b].Row + 3, corners[b].Column + 5), "a crop is a window");
                Byte(prepared[b, step, 2, 0, 0]).Should().Be((10 * step) + b, "and of its own frame");
            }
        }

        corners.Distinct().Should().HaveCountGreaterThan(10);
    }

    [Fact]
    public void Every_place_where_the_crop_fits_is_drawn_the_last_included()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, null, new ImageSize(4, 4));
        preprocessor.train();
        using Tensor prepared = preprocessor.Prepare(Places(400, 1, 6, 4), new Generator(1, CPU));
        Enumerable.Range(0, 400).Select(b => Byte(prepared[b, 0, 0, 0])).GroupBy(row => row).Select(group => (group.Key, group.Count() > 90)).Order().Should().Equal((0, true), (1, true), (2, true));
    }

    [Fact]
    public void In_use_the_center_is_cropped()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, null, new ImageSize(84, 76));
        preprocessor.eval();
        using Tensor prepared = preprocessor.Prepare(Places(1, 1, 96, 96), null);
        (Byte(prepared[0, 0, 0, 0]), Byte(prepared[0, 1, 0, 0])).Should().Be((6, 10));
    }

    [Fact]
    public void A_resized_image_keeps_its_mean()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, new ImageSize(6, 7), null);
        using Tensor prepared = preprocessor.Prepare(Places(1, 2, 12, 14), null);
        prepared.shape.Should().Equal(2, 3, 6, 7);
        prepared[0, 0].mean().ToDouble().Should().BeApproximately((2 * 5.5 / 255) - 1, 1e-5, "rows are numbered 0 to 11");
    }

    [Fact]
    public void Published_weights_load_with_a_classifier_and_counters_beside_them()
    {
        using var folder = new TemporaryFolder();
        using var published = new ResNet(18, ResNetNorm.Batch, 4);
        FormulaWeights.Fill(published);
        Dictionary<string, Tensor> tensors = published.state_dict();
        tensors.Keys.Should().Contain("layer4.0.downsample.1.running_var");
        tensors["fc.weight"] = zeros(10, 32);
        SafetensorsFile.Write(folder["resnet.safetensors"], tensors);
        using var encoder = new ResNetEncoder(new ResNetEncoderConfig { Width = 4, Norm = ResNetNorm.FrozenBatch, Readout = new AverageReadout() }, Features, 1);
        encoder.LoadBackbone(folder["resnet.safetensors"]);
        published.eval();
        Tensor images = FormulaWeights.Input(1, 1, 96, 96, 3).mul(100f).add(128f).to(ScalarType.Byte);
        using var preprocessor = new ImagePreprocessor(ImageScaling.ImageNet, null, null);
        float[] expected = published.forward(preprocessor.Prepare(images, null)).mean([2L, 3L]).Values();
        using Tensor tokens = encoder.Encode(new Dictionary<string, Tensor> { ["a"] = zeros(1, 1, 3), ["front"] = images });
        tokens.Values().Skip(3).Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f * expected.Max(Math.Abs));

        using var other = new ResNetEncoder(new ResNetEncoderConfig { Width = 8, Norm = ResNetNorm.FrozenBatch }, Features, 1);
        Action load = () => other.LoadBackbone(folder["resnet.safetensors"]);
        load.Should().Throw<InvalidDataException>().WithMessage("*'conv1.weight' has shape [4, 3, 7, 7], expected [8, 3, 7, 7]*'layer4.1.conv2.weight'*");
    }

    [Fact]
    public void An_image_of_floats_is_refused()
    {
        using var encoder = new ResNetEncoder(new ResNetEncoderConfig { Width = 4 }, Features, 1);
        Action encode = () => encoder.Encode(new Dictionary<string, Tensor> { ["a"] = zeros(1, 1, 3), ["front"] = zeros([1, 1, 96, 96, 3]) });
        encode.Should().Throw<ArgumentException>().WithMessage("*'front' holds Float32, expected bytes*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new ResNetEncoderConfig { Depth = 50, Width = 20, Readout = new SpatialSoftmaxReadout { Keypoints = 0, Width = 0 }, Crop = new ImageSize(100, 90) }.Problems(Features, 1).Should().HaveCount(5);
        new ResNetEncoderConfig { Readout = new FeatureMapReadout(), TokenPerStep = true }.Problems(Features, 2).Should().HaveCount(2);
        new ResNetEncoderConfig().Problems(new ObservationSpec(new FeatureSpec("gray", FeatureElement.UInt8, 96, 96)), 1).Should().ContainSingle().Which.Should().Contain("[96, 96]");
        Action create = () => new ResNetEncoderConfig { Depth = 50 }.Create(Features, 1);
        create.Should().Throw<ArgumentException>().WithMessage("*Depth 50*");
    }

    // The first channel holds the row, the second the column, the third the frame.
    private static Tensor Places(int batch, int steps, int height, int width)
    {
        byte[] bytes = new byte[batch * steps * height * width * 3];
        for (int i = 0; i < bytes.Length / 3; i++)
        {
            int frame = i / (height * width);
            bytes[3 * i] = (byte)(i / width % height);
            bytes[(3 * i) + 1] = (byte)(i % width);
            bytes[(3 * i) + 2] = (byte)((10 * (frame % steps)) + (frame / steps));
        }

        return tensor(bytes, [batch, steps, height, width, 3]);
    }

    private static int Byte(Tensor value) => (int)Math.Round((value.ToSingle() + 1) * 127.5);
}
