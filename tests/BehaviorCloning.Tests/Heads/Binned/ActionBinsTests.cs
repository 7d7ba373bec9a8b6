using BehaviorCloning.Actions;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Binned;

public sealed class ActionBinsTests
{
    [Fact]
    public void Edges_are_numpys_quantiles_of_the_real_steps()
    {
        using var golden = new TokenHeadsGolden();
        using var bins = new ActionBins(new ActionBinsConfig { Count = 8 }, 2);
        Tensor actions = TokenHeadsGolden.Actions;
        // What padding holds does not count.
        actions[0, 2].fill_(1e6f);
        bins.Fit(actions, TokenHeadsGolden.InsideEpisode);
        Dictionary<string, Tensor> edges = bins.state_dict();
        TokenHeadsGolden.ShouldBeClose(edges["low"].Values(), golden.Values("low"), 1e-6f);
        TokenHeadsGolden.ShouldBeClose(edges["high"].Values(), golden.Values("high"), 1e-6f);
        Tensor codes = bins.Encode(TokenHeadsGolden.Actions);
        codes.flatten().data<long>().ToArray().Select(code => (float)code).Should().Equal(golden.Values("codes"));
        ToArray(codes).Should().Equal(bins.ToUniformBins().Encode(TokenHeadsGolden.Actions.Values()).Select(code => (long)code), "code without tensors agrees");
        bins.Decode(codes).Values().Zip(bins.ToUniformBins().Decode([.. ToArray(codes).Select(code => (int)code)]), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Values_outside_the_quantiles_fall_into_the_outermost_bins()
    {
        using ActionBins bins = Fitted(linspace(0, 100, 101, ScalarType.Float32));
        // 1 .. 99 in 256 bins.
        ToArray(bins.Encode(tensor(new[] { -1e9f, 0, 1, 50, 99, 100, 1e9f }).view(-1, 1))).Should().Equal(0, 0, 0, 128, 255, 255, 255);
        bins.Decode(tensor(new[] { 0L, 255 }).view(-1, 1)).Values().Should().Equal(1 + (98 / 512f), 99 - (98 / 512f));
    }

    [Fact]
    public void A_center_is_in_its_own_bin_and_errs_by_half_a_bin_at_most()
    {
        using ActionBins bins = Fitted(Tensors.Normal(3, 5000));
        Tensor all = arange(256, ScalarType.Int64).view(-1, 1);
        ToArray(bins.Encode(bins.Decode(all))).Should().Equal(ToArray(all));
        UniformBins plain = bins.ToUniformBins();
        Tensor inner = Tensors.Normal(4, 2000, 1).clamp(bins.state_dict()["low"].ToSingle(), bins.state_dict()["high"].ToSingle());
        float width = (bins.state_dict()["high"].ToSingle() - bins.state_dict()["low"].ToSingle()) / plain.Count;
        bins.Decode(bins.Encode(inner)).sub(inner).abs().max().ToSingle().Should().BeLessThan((width / 2) + 1e-6f);
    }

    [Fact]
    public void A_constant_dimension_has_bin_0_and_decodes_to_its_value()
    {
        using ActionBins bins = Fitted(full(50, 0.7f, ScalarType.Float32));
        ToArray(bins.Encode(tensor(new[] { 0.7f, 5, -5 }).view(-1, 1))).Should().Equal(0, 0, 0);
        bins.Decode(tensor(new[] { 0L, 17, 255 }).view(-1, 1)).Values().Should().Equal(0.7f, 0.7f, 0.7f);
        bins.LogDensityOfBin(tensor(new[] { 0.7f }).view(-1, 1)).ToSingle().Should().Be(0);
    }

    [Fact]
    public void Where_quantiles_coincide_and_actions_do_not_bins_span_all_of_them()
    {
        // A gripper that is open in one step of 500.
        Tensor gripper = zeros(500);
        gripper[7].fill_(1f);
        using ActionBins bins = Fitted(gripper);
        ToArray(bins.Encode(tensor(new[] { 0f, 1 }).view(-1, 1))).Should().Equal(0, 255);
    }

    [Fact]
    public void Actions_that_are_not_finite_or_all_padding_are_refused()
    {
        Tensor actions = zeros(5);
        actions[2].fill_(float.NaN);
        Action nan = () => Fitted(actions);
        Action nothing = () => new ActionBins(new ActionBinsConfig(), 1).Fit(zeros(2, 3, 1), zeros(2, 3, ScalarType.Bool));
        nan.Should().Throw<ArgumentException>().WithMessage("*Dimension 0*NaN*");
        nothing.Should().Throw<ArgumentException>().WithMessage("*No step*mask*");
    }

    private static ActionBins Fitted(Tensor values)
    {
        var bins = new ActionBins(new ActionBinsConfig(), 1);
        bins.Fit(values.view(-1, 1, 1), ones(values.numel(), 1, ScalarType.Bool));
        return bins;
    }

    private static long[] ToArray(Tensor codes) => codes.contiguous().data<long>().ToArray();
}
