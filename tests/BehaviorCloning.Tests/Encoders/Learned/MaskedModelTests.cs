using System.Text.Json;
using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>The masked autoencoder against PyTorch with the same weights and masks: golden/make_learned.py.</summary>
public sealed class MaskedModelTests
{
    private const int Seen = 3;
    private static readonly JsonElement Golden = GoldenFile.Json("learned.json");

    private static Tensor Images => FormulaWeights.Input(2, 3, 12, 16);

    private static Tensor Order => tensor(new long[] { 4, 1, 11, 0, 2, 3, 5, 6, 7, 8, 9, 10, 7, 0, 5, 11, 10, 9, 8, 6, 4, 3, 2, 1 }, [2, 12]);

    [Theory]
    [InlineData("masked, normalized", true)]
    [InlineData("masked, raw", false)]
    public void Tokens_loss_and_gradient_are_PyTorchs(string name, bool normalized)
    {
        JsonElement golden = Golden.GetProperty(name);
        using MaskedModel model = Create(normalized);
        ShouldBeNear(Tensors.Every(model.Seen(Images, Order).Values(), 3), golden.GetProperty("tokens").Floats());
        Tensor loss = model.Loss(Images, Order);
        ShouldBeNear([loss.ToSingle()], golden.GetProperty("loss").Floats());
        loss.backward();
        ShouldBeNear(Tensors.Every(Tensors.GradientOf(model, "encoder.stem.weight"), 5), golden.GetProperty("gradient of stem, every 5th").Floats());
        ShouldBeNear(Tensors.GradientOf(model, "decoder.maskToken"), golden.GetProperty("gradient of mask token").Floats());
    }

    [Fact]
    public void The_target_is_each_patchs_pixels_on_their_own_scale()
    {
        Tensor patches = ImagePatches.Cut(Images, 4);
        (Tensor mean, Tensor deviation) = ImagePatches.Scale(patches);
        Tensor masked = patches.sub(mean).div(deviation).gather(1, Order.narrow(1, Seen, 9).unsqueeze(-1).expand(-1, -1, 48));
        ShouldBeNear(Tensors.Every(masked.Values(), 11), Golden.GetProperty("masked, normalized").GetProperty("target, every 11th").Floats());
        ImagePatches.Join(patches, 3, 4, 4).Values().Should().Equal(Images.Values());
        (Tensor flatMean, Tensor flatDeviation) = ImagePatches.Scale(full(1, 1, 48, 0.3f));
        flatMean.sub(0.3f).div(flatDeviation).abs().max().ToSingle().Should().BeLessThan(1e-3f, "a patch of one color has a target of zeros");
    }

    [Fact]
    public void Masked_pixels_do_not_reach_the_encoder()
    {
        using MaskedModel model = Create();
        float[] before = model.Seen(Images, Order).Values();
        Tensor patches = ImagePatches.Cut(Images, 4);
        // Patches 4, 1 and 11 of the first image are seen, 7, 0 and 5 of the second.
        Tensor masked = patches.clone(), seen = patches.clone();
        foreach (long patch in new long[] { 0, 2, 3, 5, 6, 7, 8, 9, 10 }) masked[0, patch].fill_(5);
        foreach (long patch in new long[] { 1, 2, 3, 4, 6, 8, 9, 10, 11 }) masked[1, patch].fill_(-5);
        seen[0, 4].fill_(5);
        model.Seen(ImagePatches.Join(masked, 3, 4, 4), Order).Values().Should().Equal(before, "bit for bit");
        model.Seen(ImagePatches.Join(seen, 3, 4, 4), Order).Values().Should().NotEqual(before, "what is seen matters");
        model.Loss(ImagePatches.Join(masked, 3, 4, 4), Order).ToSingle().Should().NotBe(model.Loss(Images, Order).ToSingle(), "what is masked is the target");
    }

    [Fact]
    public void The_loss_does_not_ask_for_patches_that_were_seen()
    {
        // An encoder that is blind leaves only the target's way for a pixel to matter.
        using MaskedModel blind = Create(normalized: false);
        using (no_grad()) blind.state_dict()["encoder.stem.weight"].zero_();
        Tensor ofBlind = GradientOfPixels(blind), ofSeeing = GradientOfPixels(Create(normalized: false));
        foreach (long patch in new long[] { 4, 1, 11 })
        {
            ofBlind[0, patch].abs().max().ToSingle().Should().Be(0, "patch {0} is seen, and no target", patch);
            ofSeeing[0, patch].abs().max().ToSingle().Should().BePositive("patch {0} is seen", patch);
        }

        foreach (long patch in new long[] { 0, 2, 3, 5, 6, 7, 8, 9, 10 }) ofBlind[0, patch].abs().max().ToSingle().Should().BePositive("patch {0} is a target", patch);

        static Tensor GradientOfPixels(MaskedModel model)
        {
            Tensor images = Images;
            images.requires_grad = true;
            model.Loss(images, Order).backward();
            return ImagePatches.Cut(images.grad!, 4);
        }
    }

    [Fact]
    public void In_use_it_sees_every_patch()
    {
        using MaskedModel model = Create();
        using PublishedTrunk trunk = LearnedEncoderVariants.Masked.Create(withSummary: true, frozenStages: null);
        using (no_grad())
        {
            foreach ((string name, Tensor target) in trunk.Targets()) target.copy_(model.state_dict()[name]);
        }

        trunk.Map(Images).shape.Should().Equal(2, 16, 3, 4);
        float[] before = trunk.Summary(Images).Values();
        for (int patch = 0; patch < 12; patch++)
        {
            Tensor patches = ImagePatches.Cut(Images, 4);
            patches[0, patch].fill_(1);
            trunk.Summary(ImagePatches.Join(patches, 3, 4, 4)).Values().Should().NotEqual(before, "patch {0} was changed", patch);
        }
    }

    [Fact]
    public void A_reconstruction_keeps_what_was_seen_and_says_what_was_not()
    {
        using MaskedModel model = Create();
        ImageReconstruction rebuilt = model.Reconstruct(Images, new Generator(5, CPU));
        rebuilt.Asked.shape.Should().Equal(2, 1, 12, 16);
        rebuilt.Asked.sum([1L, 2L, 3L]).Values().Should().Equal(9 * 16, 9 * 16);
        Tensor kept = rebuilt.Asked.eq(0).expand(-1, 3, -1, -1);
        rebuilt.Images.masked_select(kept).Values().Should().Equal(Images.masked_select(kept).Values());
        rebuilt.Images.masked_select(kept.logical_not()).Values().Should().NotEqual(Images.masked_select(kept.logical_not()).Values());
    }

    [Fact]
    public void The_same_generator_draws_the_same_masks()
    {
        using MaskedModel model = Create();
        float Loss(ulong seed) => model.Loss(Images, new Generator(seed, CPU)).ToSingle();
        Loss(3).Should().Be(Loss(3)).And.NotBe(Loss(4));
        using Tensor images = Images;
        using var generator = new Generator(1, CPU);
        Tensors.LiveAfter(() => model.Loss(images, generator)).Should().Be(1);
        Tensors.LiveAfter(() => model.Reconstruct(images, generator)).Should().Be(2);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new MaskedAutoencoder { Height = 100, MaskedShare = 1, DecoderDepth = 0, DecoderWidth = 6 }.Problems().Should().HaveCount(4);
        new MaskedAutoencoder { Transformer = VisionTransformerOptions.Mini with { ClassToken = false } }.Problems().Should().HaveCount(2, "early convolutions look beyond a patch").And.Contain(p => p.Contains("EarlyConvolution"));
        new MaskedAutoencoder { MaskedShare = 0.999 }.Problems().Should().ContainSingle().Which.Should().Contain("none of 144 patches to be seen");
        new MaskedAutoencoder { MaskedShare = 0.001 }.Problems().Should().ContainSingle().Which.Should().Contain("masks none of 144");
        new MaskedAutoencoder().Problems().Should().BeEmpty();
        new MaskedAutoencoder().SeenPatches.Should().Be(36, "a quarter of 144");
    }

    private static MaskedModel Create(bool normalized = true)
    {
        var model = (MaskedModel)(LearnedEncoderVariants.Masked with { NormalizedPixels = normalized }).CreateModel();
        FormulaWeights.Fill(model);
        return model;
    }

    private static void ShouldBeNear(float[] values, float[] expected) => Tensors.ShouldBeNear(values, expected, 2e-5f);
}
