using System.Text.Json;
using BehaviorCloning.Encoders;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

public sealed class ActHeadTests
{
    private static readonly HeadShape Shape = new(2, 5, 4, 3);

    private static readonly ActHeadConfig Small = new()
    {
        Width = 16, Heads = 2, FeedForwardWidth = 32, EncoderLayers = 1, StyleLayers = 2, LatentWidth = 4, Dropout = 0,
    };

    [Fact]
    public void The_loss_is_the_error_inside_the_episode_plus_the_weighted_divergence()
    {
        using ActHead head = Create(Small);
        ActionTarget target = Target();
        LossReport report = head.Loss(Context(), target, new Generator(5, CPU));
        double reconstruction = report.Parts["reconstruction"].ToDouble(), kl = report.Parts["kl"].ToDouble();
        report.Total.ToDouble().Should().BeApproximately(reconstruction + (10 * kl), 1e-5 * report.Total.ToDouble());

        (Tensor mean, Tensor logVariance) = head.Style(Context(), target)!.Value;
        Tensor z = mean + ((0.5f * logVariance).exp() * Tensors.Normal(5, 6, 4));
        Tensor error = (head.Decode(Context(), z) - target.Actions).abs() * target.InsideEpisode.unsqueeze(-1);
        reconstruction.Should().BeApproximately(error.sum().ToDouble() / (22 * 3), 1e-5);
        kl.Should().BeApproximately((-0.5f * (1f + logVariance - mean.square() - logVariance.exp())).sum().ToDouble() / 6, 1e-5);
    }

    [Fact]
    public void Diluted_padding_counts_in_the_number_the_error_is_divided_by()
    {
        using ActHead head = Create(Small), diluted = Create(Small with { PaddingDilutesLoss = true });
        double mean = head.Loss(Context(), Target(), new Generator(5, CPU)).Parts["reconstruction"].ToDouble();
        diluted.Loss(Context(), Target(), new Generator(5, CPU)).Parts["reconstruction"].ToDouble().Should().BeApproximately(mean * 22 / 24, 1e-5);
    }

    [Fact]
    public void The_style_encoder_does_not_see_padding_but_sees_everything_else()
    {
        using ActHead head = Create(Small);
        ActionTarget target = Target();
        float[] mean = Mean(target);
        using Tensor padded = target.Actions.clone(), real = target.Actions.clone();
        padded[0, 3].fill_(float.NaN);
        real[0, 1].fill_(3f);
        Mean(target with { Actions = padded }).Should().Equal(mean);
        Mean(target with { Actions = real }).Should().NotEqual(mean);
        Mean(target with { InsideEpisode = ones(6, 4, ScalarType.Bool) }).Should().NotEqual(mean);

        float[] Mean(ActionTarget of) => head.Style(Context(), of)!.Value.Mean.Values();
    }

    [Fact]
    public void A_value_behind_the_end_that_is_not_finite_does_not_reach_the_loss()
    {
        using ActHead head = Create(Small);
        ActionTarget target = Target();
        double loss = head.Loss(Context(), target, new Generator(5, CPU)).Total.ToDouble();
        using Tensor padded = target.Actions.clone();
        padded[0, 3].fill_(float.NaN);
        head.Loss(Context(), target with { Actions = padded }, new Generator(5, CPU)).Total.ToDouble().Should().Be(loss);
    }

    [Fact]
    public void The_style_encoder_sees_the_first_token_only()
    {
        using ActHead head = Create(Small);
        using Tensor first = Context().clone(), second = Context().clone();
        first.select(1, 0).add_(1f);
        second.select(1, 1).add_(1f);
        float[] mean = head.Style(Context(), Target())!.Value.Mean.Values();
        head.Style(second, Target())!.Value.Mean.Values().Should().Equal(mean);
        head.Style(first, Target())!.Value.Mean.Values().Should().NotEqual(mean);
        head.Sample(second).Values().Should().NotEqual(head.Sample(Context()).Values(), "the decoder sees both");
    }

    [Fact]
    public void It_acts_with_the_priors_mean_or_a_draw_from_it()
    {
        using ActHead mean = Create(Small), prior = Create(Small with { Latent = InferenceLatent.Prior });
        mean.Sample(Context(), new Generator(1, CPU)).Values().Should().Equal(mean.Sample(Context(), new Generator(2, CPU)).Values());
        mean.Sample(Context()).Values().Should().Equal(mean.Decode(Context(), zeros(6, 4)).Values());
        prior.Sample(Context(), new Generator(1, CPU)).Values().Should().NotEqual(prior.Sample(Context(), new Generator(2, CPU)).Values());
        prior.Sample(Context(), new Generator(5, CPU)).Values().Should().Equal(prior.Decode(Context(), Tensors.Normal(5, 6, 4)).Values());
    }

    [Fact]
    public void Without_a_style_encoder_the_loss_is_the_error_alone()
    {
        using ActHead head = Create(Small with { StyleEncoder = false });
        LossReport report = head.Loss(Context(), Target(), new Generator(5, CPU));
        report.Parts.Should().BeEmpty();
        head.Style(Context(), Target()).Should().BeNull();
        head.Loss(Context(), Target(), new Generator(6, CPU)).Total.ToDouble().Should().Be(report.Total.ToDouble(), "nothing is drawn");
    }

    [Fact]
    public void Every_decoder_layer_is_used()
    {
        using ActHead head = Create(Small with { DecoderLayers = 3 });
        head.Loss(Context(), Target(), new Generator(5, CPU)).Total.backward();
        foreach (string layer in new[] { "network.decoder.0.", "network.decoder.1.", "network.decoder.2." })
            head.named_parameters().Where(p => p.name.StartsWith(layer, StringComparison.Ordinal)).Sum(p => p.parameter.grad!.abs().sum().ToDouble()).Should().BePositive(layer);
    }

    [Fact]
    public void The_first_self_attention_computed_once_equals_that_of_every_row()
    {
        // In training with dropout the decoder starts with a row for each sample: with a share this small nothing is dropped.
        using ActHead head = Create(Small), rows = Create(Small with { Dropout = 1e-12 });
        rows.train();
        head.Decode(Context(), zeros(6, 4)).Values().Zip(rows.Decode(Context(), zeros(6, 4)).Values(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
    }

    [Fact]
    public void Feature_maps_have_positions_and_one_projection()
    {
        HeadShape shape = new(13, 6, 4, 3)
        {
            Parts = [new("proprioception", 0, 1, 0, 4), new("left", 1, 6, 0, 6) { Height = 2, Width = 3 }, new("right", 7, 6, 0, 6) { Height = 3, Width = 2 }],
        };
        // Initial weights: small ones would attend to everything nearly alike.
        using var head = (ActHead)Small.Create(shape);
        head.eval();
        head.state_dict()["network.image.weight"].shape.Should().Equal(16, 6, 1, 1);
        head.state_dict()["network.vectors.0.weight"].shape.Should().Equal([16, 4], "only the columns of the part are read");
        head.state_dict()["network.vectorPositions"].shape.Should().Equal(2, 16);
        Tensor context = Tensors.Normal(1, 2, 13, 6);
        float[] chunk = head.Sample(context).Values();

        using Tensor swapped = context.clone(), unused = context.clone();
        swapped.select(1, 2).copy_(context.select(1, 5));
        swapped.select(1, 5).copy_(context.select(1, 2));
        head.Sample(swapped).Values().Zip(chunk, (a, b) => Math.Abs(a - b)).Max().Should().BeGreaterThan(1e-3f, "where something is seen matters");
        unused.select(1, 0).narrow(1, 4, 2).fill_(9f);
        head.Sample(unused).Values().Should().Equal(chunk, "these columns belong to no part");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new ActHeadConfig { Width = 0, Heads = 0, FeedForwardWidth = 0, EncoderLayers = -1, DecoderLayers = 0, StyleLayers = 0, LatentWidth = 0, Dropout = 1, KlWeight = -1 }.Problems(Shape).Should().HaveCount(9);
        new ActHeadConfig { StyleEncoder = false, Latent = InferenceLatent.Prior }.Problems(Shape).Should().ContainSingle().Which.Should().Contain("StyleEncoder");
        new ActHeadConfig().Problems(Shape).Should().BeEmpty();
    }

    [Fact]
    public void Every_fault_of_the_context_is_listed()
    {
        HeadShape Of(params ContextPart[] parts) => Shape with { Parts = parts };
        new ActHeadConfig().Problems(Of(new ContextPart("far", 1, 3, 0, 5), new ContextPart("wide", 0, 1, 2, 9))).Should().HaveCount(2);
        new ActHeadConfig().Problems(Of(new ContextPart("map", 1, 1, 0, 5) { Height = 2, Width = 3 })).Should().ContainSingle().Which.Should().Contain("2 x 3");
        new ActHeadConfig().Problems(Of(new ContextPart("map", 0, 2, 0, 5) { Height = 1, Width = 2 })).Should().ContainSingle().Which.Should().Contain("robot's own state");
        new ActHeadConfig { Width = 6, Heads = 2 }.Problems(Of(new ContextPart("map", 1, 1, 0, 5) { Height = 1, Width = 1 })).Should().ContainSingle().Which.Should().Contain("multiple of 4");
        Action create = () => new ActHeadConfig { Width = 0 }.Create(Shape);
        create.Should().Throw<ArgumentException>().WithMessage("*Width 0*");
    }

    private static ActHead Create(ActHeadConfig config, HeadShape? shape = null)
    {
        var head = (ActHead)config.Create(shape ?? Shape);
        Tensors.Perturb(head);
        head.eval();
        return head;
    }

    private static Tensor Context() => Tensors.Normal(1, 6, 2, 5);

    // The first sample's last two steps are padding.
    private static ActionTarget Target()
    {
        Tensor inside = ones(6, 4, ScalarType.Bool);
        inside[0, 2].fill_(false);
        inside[0, 3].fill_(false);
        return new ActionTarget(Tensors.Normal(2, 6, 4, 3), inside);
    }
}
