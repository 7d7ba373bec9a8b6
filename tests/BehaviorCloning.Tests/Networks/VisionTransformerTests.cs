using System.Text.Json;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Networks;

/// <summary>Against PyTorch with the same weights: golden/make_vision_transformer.py.</summary>
public sealed class VisionTransformerTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("vision_transformer.json");
    private static readonly VisionTransformerOptions Plain = new() { PatchSize = 4, Width = 16, Depth = 2, Heads = 2 };

    private static readonly Dictionary<string, (VisionTransformerOptions Options, (int, int) Made, (int Height, int Width) Seen)> Variants = new()
    {
        ["plain"] = (Plain, (12, 16), (12, 16)),
        ["clip"] = (Plain with { Heads = 4, PatchBias = false, NormBeforeBlocks = true, Activation = Gelu.Quick, NormEpsilon = 1e-5 }, (12, 12), (12, 12)),
        ["siglip"] = (Plain with { FeedForwardRatio = 2.5, ClassToken = false, Activation = Gelu.Tanh }, (12, 12), (12, 12)),
        ["dino"] = (Plain with { PatchSize = 2, Registers = 3, LayerScale = 1 }, (10, 10), (6, 8)),
        ["dino, smooth"] = (Plain with { PatchSize = 2, Depth = 1, Registers = 3, LayerScale = 1, SmoothPositions = true }, (10, 10), (6, 8)),
        ["early convolution"] = (Plain with { PatchSize = 8, Width = 64, Depth = 1, FeedForwardRatio = 1, Positions = VisionPositions.Sinusoidal, Stem = VisionStem.EarlyConvolution }, (16, 24), (16, 24)),
    };

    public static TheoryData<string> Names => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tokens_and_gradient_are_PyTorchs(string name)
    {
        (VisionTransformerOptions options, (int, int) made, (int Height, int Width) seen) = Variants[name];
        using VisionTransformer network = Create(options, made);
        Tensor tokens = network.forward(FormulaWeights.Input(2, 3, seen.Height, seen.Width));
        tokens.shape.Should().Equal(Golden.GetProperty(name).GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()));
        ShouldBeNear(Tensors.Every(tokens.Values(), 7), Golden.GetProperty(name).GetProperty("every 7th").Floats());
        tokens.square().mul(arange(options.Width)).mean().backward();
        Tensor gradient = network.named_parameters().First(p => p.name is "stem.weight" or "stem.convolutions.0.weight").parameter.grad!;
        ShouldBeNear(Tensors.Every(gradient.Values(), 5), Golden.GetProperty(name).GetProperty("gradient of stem, every 5th").Floats());
    }

    [Fact]
    public void Some_patches_are_encoded_as_if_the_others_were_not()
    {
        using VisionTransformer network = Create(Plain, (12, 16));
        using Tensor patches = network.Patches(FormulaWeights.Input(2, 3, 12, 16));
        using Tensor kept = patches.index_select(1, tensor(new long[] { 1, 5, 10 }));
        ShouldBeNear(network.Encode(kept).Values(), Golden.GetProperty("plain, three patches").Floats());
        network.Encode(patches).Values().Should().Equal(network.forward(FormulaWeights.Input(2, 3, 12, 16)).Values());
    }

    [Fact]
    public void Attention_pooling_is_PyTorchs()
    {
        using var pool = new AttentionPooling(new TransformerBlockOptions(16, 4, 24) { Activation = Gelu.Tanh });
        FormulaWeights.Fill(pool);
        ShouldBeNear(pool.forward(FormulaWeights.Input(2, 5, 16)).Values(), Golden.GetProperty("pooling").Floats());
    }

    [Fact]
    public void A_causal_block_is_PyTorchs()
    {
        using var block = new TransformerBlock(new TransformerBlockOptions(16, 2, 32));
        FormulaWeights.Fill(block);
        ShouldBeNear(block.Forward(FormulaWeights.Input(2, 5, 16), causal: true).Values(), Golden.GetProperty("causal block").Floats());
    }

    [Fact]
    public void Patch_positions_are_those_of_masked_autoencoders() =>
        ShouldBeNear(SinusoidalPositions.Patches(2, 3, 8).Values(), Golden.GetProperty("sines 2 x 3, 8").Floats());

    [Theory]
    [InlineData(384, 6, 21_665_664)]
    [InlineData(192, 3, 5_524_416)]
    public void Weights_without_the_classifier_are_the_published_models(int width, int heads, long count)
    {
        // ViT-S/16 and ViT-Ti/16 at 224: 22,050,664 and 5,717,416 with a classifier of 1000 classes.
        using var network = new VisionTransformer(new VisionTransformerOptions { Width = width, Heads = heads }, 224, 224);
        network.parameters().Sum(p => p.numel()).Should().Be(count);
    }

    [Fact]
    public void Registers_and_class_token_stand_before_the_patches()
    {
        using var network = new VisionTransformer(Plain with { Registers = 2 }, 8, 8);
        network.PrefixTokens.Should().Be(3);
        network.forward(zeros(1, 3, 8, 8)).shape.Should().Equal(1, 3 + 4, 16);
    }

    [Theory]
    [InlineData(0, "blocks.0.")]
    [InlineData(1, "blocks.1.")]
    public void Freezing_keeps_stem_tokens_and_the_first_blocks(int blocks, string first)
    {
        using var network = new VisionTransformer(Plain with { Registers = 2, NormBeforeBlocks = true }, 8, 8);
        network.Freeze(blocks);
        string[] trained = [.. network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name)];
        trained[0].Should().StartWith(first);
        trained.Should().OnlyContain(name => name.StartsWith("blocks.", StringComparison.Ordinal) || name.StartsWith("norm.", StringComparison.Ordinal));
        trained.Should().Contain(["blocks.1.attention.input.weight", "norm.weight"]);
        network.Freeze(2);
        network.parameters().Should().OnlyContain(parameter => !parameter.requires_grad);
    }

    [Fact]
    public void An_image_that_is_no_whole_number_of_patches_is_refused()
    {
        using var network = new VisionTransformer(Plain, 8, 8);
        Action encode = () => network.forward(zeros(1, 3, 8, 10));
        encode.Should().Throw<ArgumentException>().WithMessage("*8 x 10*patches of 4 x 4*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        var options = new VisionTransformerOptions { PatchSize = 12, Heads = 5, Depth = 0, Registers = -1, Stem = VisionStem.EarlyConvolution, NormEpsilon = 0 };
        options.Problems().Should().HaveCount(5);
        Action create = () => _ = new VisionTransformer(options, 12, 12);
        create.Should().Throw<ArgumentException>().WithMessage("*Depth 0*power of two*");
        foreach (VisionTransformerOptions preset in new[] { VisionTransformerOptions.Small, VisionTransformerOptions.Tiny, VisionTransformerOptions.Mini }) preset.Problems().Should().BeEmpty();
    }

    [Fact]
    public void A_forward_pass_leaves_one_live_tensor()
    {
        using var network = new VisionTransformer(Plain with { Registers = 1 }, 8, 8);
        using Tensor images = FormulaWeights.Input(1, 3, 8, 12);
        Tensors.LiveAfter(() => network.forward(images)).Should().Be(1);
    }

    private static VisionTransformer Create(VisionTransformerOptions options, (int Height, int Width) made)
    {
        var network = new VisionTransformer(options, made.Height, made.Width);
        FormulaWeights.Fill(network);
        return network;
    }

    private static void ShouldBeNear(float[] values, float[] expected) => Tensors.ShouldBeNear(values, expected, 1e-5f);
}
