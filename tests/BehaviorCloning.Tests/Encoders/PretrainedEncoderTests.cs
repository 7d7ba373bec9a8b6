using System.Text.Json;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>Files in the published layouts, and what PyTorch makes of them: golden/make_pretrained.py.</summary>
public sealed class PretrainedEncoderTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("pretrained.json");
    private static readonly ObservationSpec Features = new(new FeatureSpec("front", FeatureElement.UInt8, 32, 40, 3));

    private static readonly Dictionary<string, (string File, PublishedNetwork Network, int Height, int Width)> Families = new()
    {
        ["resnet18"] = ("resnet18.pth", new PublishedResNet { Width = 2 }, 40, 33),
        ["cifar"] = ("cifar_resnet8.th", new PublishedCifarResNet { Depth = 8, Width = 4 }, 10, 11),
        ["clip"] = ("clip.safetensors", Tiny(new PublishedClip()) with { ImageExtent = 12 }, 12, 12),
        ["siglip"] = ("siglip.safetensors", Tiny(new PublishedSiglip()) with { ImageExtent = 12 }, 12, 12),
        ["dino"] = ("dino.safetensors", Tiny(new PublishedDinoV2()), 12, 20),
        ["vit"] = ("vit.pth", Tiny(new PublishedVit()) with { ImageExtent = 12 }, 12, 12),
        ["dino_registers"] = ("dino_registers.safetensors", Tiny(new PublishedDinoV2 { Registers = 3 }), 12, 20),
    };

    public static TheoryData<string> Names => [.. Families.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_published_file_gives_PyTorchs_outputs(string name)
    {
        (string file, PublishedNetwork network, int height, int width) = Families[name];
        using PublishedTrunk trunk = network.Create(withSummary: true, frozenStages: null);
        Load(trunk, GoldenFile.PathOf(file));
        trunk.eval();
        using Tensor images = FormulaWeights.Input(2, 3, height, width);
        if (Golden.GetProperty(name).TryGetProperty("map", out JsonElement map)) ShouldBeNear(trunk.Map(images).Values(), map.Floats());
        else ShouldBeNear(trunk.Map(images).flatten(2).transpose(1, 2).Values(), Golden.GetProperty(name).GetProperty("patches").Floats());
        if (Golden.GetProperty(name).TryGetProperty("summary", out JsonElement summary)) ShouldBeNear(trunk.Summary(images).Values(), summary.Floats());
    }

    [Fact]
    public void CLIPs_projection_is_read_where_it_is_asked_for_half_precision_included()
    {
        using PublishedTrunk trunk = (Tiny(new PublishedClip { Projection = 6 }) with { ImageExtent = 12 }).Create(withSummary: true, frozenStages: null);
        Load(trunk, GoldenFile.PathOf("clip.safetensors"));
        ShouldBeNear(trunk.Summary(FormulaWeights.Input(2, 3, 12, 12)).Values(), Golden.GetProperty("clip").GetProperty("projected").Floats());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_mismatch_is_named_at_once_and_nothing_is_changed(string name)
    {
        (string file, PublishedNetwork network, _, _) = Families[name];
        PublishedNetwork other = network is PublishedTransformer transformer ? transformer with { Depth = 3, FeedForwardWidth = 24 } : network is PublishedResNet resNet ? resNet with { Depth = 34, Width = 3 } : new PublishedCifarResNet { Depth = 14, Width = 3 };
        using PublishedTrunk trunk = other.Create(withSummary: true, frozenStages: null);
        FormulaWeights.Fill(trunk);
        float[] before = trunk.parameters().First().Values();
        Action load = () => Load(trunk, GoldenFile.PathOf(file));
        load.Should().Throw<InvalidDataException>().Which.Message.Should().MatchRegex("'[^']*\\.[123]\\.[^']*' is missing").And.MatchRegex("has shape \\[[0-9, ]+\\], expected \\[[0-9, ]+\\]").And.Contain(file);
        trunk.parameters().First().Values().Should().Equal(before);
    }

    [Fact]
    public void A_file_of_another_family_is_refused_with_all_that_is_missing_and_unexpected()
    {
        using PublishedTrunk trunk = Families["siglip"].Network.Create(withSummary: true, frozenStages: null);
        Action load = () => Load(trunk, GoldenFile.PathOf("dino.safetensors"));
        load.Should().Throw<InvalidDataException>().WithMessage("*'vision_model.head.probe' is missing*'embeddings.cls_token' is unexpected*");
    }

    [Fact]
    public void A_policys_frames_are_prepared_as_the_network_was_trained()
    {
        var config = new PretrainedEncoderConfig { Network = Tiny(new PublishedClip()) with { ImageExtent = 12 } };
        using var encoder = (PretrainedEncoder)config.Create(Features, 1);
        encoder.Load(GoldenFile.PathOf("clip.safetensors"));
        encoder.eval();
        using PublishedTrunk trunk = config.Network.Create(withSummary: true, frozenStages: null);
        Load(trunk, GoldenFile.PathOf("clip.safetensors"));
        using Tensor frames = FormulaWeights.Input(1, 1, 32, 40, 3).mul(127f).add(128f).to(ScalarType.Byte);
        Tensor images = nn.functional.interpolate(frames[0].to(float32).permute(0, 3, 1, 2), [12, 12], mode: InterpolationMode.Bicubic, antialias: true).clamp(0f, 255f).div(255f);
        images = images.sub(tensor(new[] { 0.48145466f, 0.4578275f, 0.40821073f }).view(3, 1, 1)).div(tensor(new[] { 0.26862954f, 0.26130258f, 0.27577711f }).view(3, 1, 1));
        ShouldBeNear(encoder.Encode(new Dictionary<string, Tensor> { ["front"] = frames }).Values(), trunk.Summary(images).Values());
    }

    [Fact]
    public void Without_its_published_weights_it_says_so()
    {
        using ObservationEncoder encoder = new PretrainedEncoderConfig().Create(Features, 1);
        Action encode = () => encoder.Encode(new Dictionary<string, Tensor> { ["front"] = zeros([1, 1, 32, 40, 3], ScalarType.Byte) });
        encode.Should().Throw<InvalidOperationException>().WithMessage("*no weights yet*Load*");
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(4, 0)]
    [InlineData(3, 5)]
    [InlineData(0, 19)]
    [InlineData(-1, 20)]
    public void As_many_stages_are_trained_as_asked(int? frozen, int kernels)
    {
        var config = new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 4 }, FrozenStages = frozen };
        using ObservationEncoder encoder = config.Create(Features, 1);
        encoder.named_parameters().Count(p => p.parameter.requires_grad).Should().Be(kernels, "norms are constants, and only kernels are trained");
    }

    [Fact]
    public void Statistics_of_frozen_stages_do_not_move_in_training_and_those_of_trained_stages_do()
    {
        var config = new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 2, TrainedStatistics = true }, FrozenStages = 2 };
        using var encoder = (PretrainedEncoder)config.Create(Features, 1);
        encoder.Load(GoldenFile.PathOf("resnet18.pth"));
        encoder.train();
        Dictionary<string, float[]> before = Statistics();
        using (Tensor tokens = encoder.Encode(new Dictionary<string, Tensor> { ["front"] = FormulaWeights.Input(4, 1, 32, 40, 3).mul(127f).add(128f).to(ScalarType.Byte) })) tokens.sum().backward();
        Dictionary<string, float[]> after = Statistics();
        foreach ((string name, float[] values) in before)
        {
            bool trained = name.Contains("layer3.", StringComparison.Ordinal) || name.Contains("layer4.", StringComparison.Ordinal);
            after[name].SequenceEqual(values).Should().Be(!trained, name);
        }

        Dictionary<string, float[]> Statistics() => encoder.state_dict().Where(pair => pair.Key.EndsWith("running_mean", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value.Values());
    }

    [Fact]
    public void Its_network_learns_at_its_own_rate_and_what_reads_the_maps_at_the_full_one()
    {
        var config = new PretrainedEncoderConfig { Network = new PublishedResNet { Width = 2 }, FrozenStages = 0, Readout = new SpatialSoftmaxReadout(), LearningRateScale = 0.25 };
        using ObservationEncoder encoder = config.Create(Features, 1);
        foreach ((string name, _) in encoder.named_parameters())
            encoder.LearningRateScaleOf(name).Should().Be(name.StartsWith("readouts.", StringComparison.Ordinal) ? 1 : 0.25, name);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new PretrainedEncoderConfig { Network = new PublishedResNet { Depth = 50 }, FrozenStages = 5, LearningRateScale = -1 }.Problems(Features, 1).Should().HaveCount(3);
        new PretrainedEncoderConfig { Network = new PublishedClip { ImageExtent = 225 } }.Problems(Features, 1).Should().ContainSingle().Which.Should().Contain("multiple of");
        new PretrainedEncoderConfig { Network = new PublishedDinoV2(), Crop = new ImageSize(32, 40) }.Problems(Features, 1).Should().ContainSingle().Which.Should().Contain("patches of 14 x 14");
    }

    [Theory]
    [InlineData(typeof(PublishedClip), 87_456_000)]
    [InlineData(typeof(PublishedSiglip), 92_884_224)]
    [InlineData(typeof(PublishedDinoV2), 22_056_192)]
    [InlineData(typeof(PublishedVit), 21_665_664)]
    public void Default_sizes_have_as_many_weights_as_published(Type family, long count)
    {
        // CLIPVisionModel ViT-B/32 87,456,000; SiglipVisionModel base 92,884,224; Dinov2Model small 22,056,576 with a mask token of 384, which is left out; timm's vit_small_patch16_224
        // 22,050,664 with a classifier of 385,000.
        var network = (PublishedNetwork)Activator.CreateInstance(family)!;
        using PublishedTrunk trunk = network.Create(withSummary: true, frozenStages: null);
        trunk.parameters().Sum(p => p.numel()).Should().Be(count);
    }

    private static void Load(PublishedTrunk trunk, string path)
    {
        using WeightFile file = WeightFile.OpenAny(path);
        using DisposeScope scope = NewDisposeScope();
        file.LoadInto(trunk.Targets(), trunk.NameOf, converts: true);
    }

    private static T Tiny<T>(T network)
        where T : PublishedTransformer => network with { ImageExtent = 16, PatchSize = 4, Width = 16, Depth = 2, Heads = 2, FeedForwardWidth = 40 };

    private static void ShouldBeNear(float[] values, float[] expected) => Tensors.ShouldBeNear(values, expected, 1e-5f);
}
