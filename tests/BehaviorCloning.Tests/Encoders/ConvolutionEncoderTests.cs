using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ConvolutionEncoderTests
{
    private static readonly FeatureSpec Depth = new("depth", FeatureElement.UInt16, 4, 4), Scan = new("scan", FeatureElement.UInt16, 32);

    [Fact]
    public void A_distance_is_its_share_of_far_beside_a_mask_and_what_was_not_measured_is_masked()
    {
        using var encoder = new ConvolutionEncoder(new ConvolutionEncoderConfig { Channels = [2], FarUnits = 1000 }, new ObservationSpec(Depth), 1);
        using Tensor seen = encoder.Seen(Distances(16, 0, 1, 500, 1000, 1001, 40000, 65535).view(1, 1, 4, 4), Depth);
        seen.shape.Should().Equal(1, 2, 4, 4);
        seen.Values().Take(7).Should().Equal(0, 0.001f, 0.5f, 1, 1, 1, 1);
        seen.Values().Skip(16).Take(8).Should().Equal(0, 1, 1, 1, 1, 1, 1, 0);
    }

    [Fact]
    public void Nothing_measured_is_no_distance_at_all()
    {
        using ObservationEncoder encoder = Create(new ConvolutionEncoderConfig { Channels = [4], Width = 5 }, new ObservationSpec(Depth));
        using Tensor hole = encoder.Encode(new Dictionary<string, Tensor> { ["depth"] = Distances(16, 0).view(1, 1, 4, 4) });
        foreach (ushort near in new ushort[] { 1, 300, 5000, 65535 })
        {
            using Tensor measured = encoder.Encode(new Dictionary<string, Tensor> { ["depth"] = Distances(16, near).view(1, 1, 4, 4) });
            measured.sub(hole).abs().max().ToSingle().Should().BeGreaterThan(1e-3f, "a hole at one place and {0} there differ", near);
        }
    }

    [Fact]
    public void A_scan_all_around_that_is_turned_gives_the_same_map_turned_and_one_with_ends_does_not()
    {
        foreach (bool circular in new[] { true, false })
        {
            using var network = new SmallConvolution(2, [32], new ConvolutionEncoderConfig { Channels = [4, 6], Kernel = 5, Circular = circular });
            FormulaWeights.Fill(network);
            using Tensor scan = FormulaWeights.Input(1, 2, 32), map = network.Map(scan);
            map.shape.Should().Equal(1, 6, 8);
            using Tensor turned = network.Map(scan.roll(4, 2));
            bool same = turned.sub(map.roll(1, 2)).abs().max().ToSingle() < 1e-6f;
            same.Should().Be(circular, "four beams are one place of the map after two halvings");
        }
    }

    [Fact]
    public void Pads_share_a_network_and_keep_their_order()
    {
        var pads = new FeatureSpec("pads", FeatureElement.UInt8, 2, 6, 6, 1);
        using ObservationEncoder encoder = Create(new ConvolutionEncoderConfig { Channels = [4], Width = 5 }, new ObservationSpec(pads));
        Tensor first = FormulaWeights.Input(6, 6).mul(100f).add(128f).to(ScalarType.Byte), second = first.flip(0);
        float[] there = Encode(first, second), swapped = Encode(second, first);
        there[..5].Should().Equal(swapped[5..]).And.NotEqual(there[5..]);

        float[] Encode(Tensor one, Tensor two) => encoder.Encode(new Dictionary<string, Tensor> { ["pads"] = stack([one, two]).view(1, 1, 2, 6, 6, 1) }).Values();
    }

    [Fact]
    public void A_color_picture_is_moved_in_training_and_stays_in_use()
    {
        var front = new FeatureSpec("front", FeatureElement.UInt8, 12, 12, 3);
        using ObservationEncoder encoder = Create(new ConvolutionEncoderConfig { Channels = [4], Width = 5, Augmentation = new ImageAugmentation { Shift = 3 } }, new ObservationSpec(front));
        using ObservationEncoder plain = Create(new ConvolutionEncoderConfig { Channels = [4], Width = 5 }, new ObservationSpec(front));
        var frames = new Dictionary<string, Tensor> { ["front"] = FormulaWeights.Input(12, 12, 3).mul(100f).add(128f).to(ScalarType.Byte).view(1, 1, 12, 12, 3) };
        encoder.eval();
        plain.eval();
        float[] still = encoder.Encode(frames).Values();
        still.Should().Equal(plain.Encode(frames).Values());
        encoder.train();
        using var random = new Generator(3, CPU);
        float[][] moved = [.. Enumerable.Range(0, 8).Select(_ => encoder.Encode(frames, random).Values())];
        moved.Count(tokens => !tokens.SequenceEqual(still)).Should().BeGreaterThan(4);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new ConvolutionEncoderConfig { Augmentation = new ImageAugmentation { Shift = -1 } }.Problems(new ObservationSpec(Depth), 1).Should().HaveCount(2).And.Contain(fault => fault.Contains("color pictures"));
        new ConvolutionEncoderConfig { Channels = [], Kernel = 2, Width = 0, FarUnits = 0 }.Problems(new ObservationSpec(new FeatureSpec("a", 2)), 1).Should().HaveCount(5);
        new ConvolutionEncoderConfig().Problems(new ObservationSpec(new FeatureSpec("cube", FeatureElement.UInt16, 2, 2, 2)), 1).Should().ContainSingle().Which.Should().Contain("cube");
        new ConvolutionEncoderConfig { Circular = true, Kernel = 9 }.Problems(new ObservationSpec(new FeatureSpec("scan", FeatureElement.UInt16, 8)), 1).Should().ContainSingle().Which.Should().Contain("too few beams");
        using var encoder = new ConvolutionEncoder(new ConvolutionEncoderConfig { Channels = [2] }, new ObservationSpec(Scan), 1);
        Action floats = () => encoder.Encode(new Dictionary<string, Tensor> { ["scan"] = zeros(1, 1, 32) });
        floats.Should().Throw<ArgumentException>().WithMessage("*'scan' holds Float32, expected Int16*");
    }

    // The given distances, then nothing measured.
    private static Tensor Distances(int count, params ushort[] values)
    {
        short[] bits = new short[count];
        for (int i = 0; i < values.Length; i++) bits[i] = unchecked((short)values[i]);
        return tensor(bits);
    }

    private static ObservationEncoder Create(ConvolutionEncoderConfig config, ObservationSpec features)
    {
        ObservationEncoder encoder = config.Create(features, 1);
        FormulaWeights.Fill(encoder);
        encoder.eval();
        return encoder;
    }
}
