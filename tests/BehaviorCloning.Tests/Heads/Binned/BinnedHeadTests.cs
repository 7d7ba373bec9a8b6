using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Binned;

public sealed class BinnedHeadTests
{
    private static readonly HeadShape Shape = new(2, 3, 3, 2);

    [Fact]
    public void Loss_gradient_and_density_are_PyTorchs()
    {
        using var golden = new TokenHeadsGolden();
        using BinnedHead head = Golden(BinDecoding.Sampled);
        LossReport report = head.Loss(TokenHeadsGolden.Context, new ActionTarget(TokenHeadsGolden.Actions, TokenHeadsGolden.InsideEpisode, TokenHeadsGolden.SampleWeight));
        report.Total.ToSingle().Should().BeApproximately(golden.Value("binned", "loss"), 2e-6f);
        report.Total.backward();
        TokenHeadsGolden.ShouldBeClose(head.get_parameter("network.input.weight")!.grad!.Values(), golden.Values("binned", "input_gradient"), 1e-6f);
        TokenHeadsGolden.ShouldBeClose(head.LogProbability(TokenHeadsGolden.Context, golden.Within).Values(), golden.Values("binned", "density"));
    }

    [Theory]
    [InlineData(BinDecoding.Likeliest, "likeliest")]
    [InlineData(BinDecoding.Expected, "expected")]
    [InlineData(BinDecoding.Sampled, "sampled")]
    public void Chunks_are_PyTorchs(BinDecoding decoding, string name)
    {
        using var golden = new TokenHeadsGolden();
        using BinnedHead head = Golden(decoding);
        TokenHeadsGolden.ShouldBeClose(head.Sample(TokenHeadsGolden.Context, new Generator(9, CPU)).Values(), golden.Values("binned", name), 1e-5f);
    }

    [Fact]
    public void The_density_integrates_to_one()
    {
        using var head = (BinnedHead)new BinnedHeadConfig { Bins = new ActionBinsConfig { Count = 8 }, HiddenWidth = 8, Blocks = 1 }.Create(new HeadShape(1, 2, 1, 1));
        Tensors.Perturb(head);
        head.Fit(Tensors.Normal(3, 100, 1, 1), ones(100, 1, ScalarType.Bool));
        const int Points = 20_000;
        using IDisposable noGradient = no_grad();
        Tensor grid = linspace(-4, 4, Points, ScalarType.Float32).view(Points, 1, 1), context = ones(Points, 1, 2);
        head.LogProbability(context, grid).exp().sum().mul(8.0 / Points).ToDouble().Should().BeApproximately(1, 0.002);
        head.LogProbability(ones(1, 1, 2), full(1, 1, 1, 9f, ScalarType.Float32)).ToSingle().Should().Be(float.NegativeInfinity);
    }

    [Fact]
    public void Independent_coordinates_mix_modes()
    {
        // Both are +1 or both are -1: after learning, half of what is drawn disagrees.
        using var head = (BinnedHead)new BinnedHeadConfig { Bins = new ActionBinsConfig { Count = 4 }, HiddenWidth = 16, Blocks = 1 }.Create(new HeadShape(1, 1, 1, 2));
        Tensor actions = cat([ones(32, 1, 2), ones(32, 1, 2).neg()]), inside = ones(64, 1, ScalarType.Bool), context = ones(64, 1, 1);
        head.Fit(actions, inside);
        using var optimizer = optim.Adam(head.parameters(), 1e-2);
        for (int step = 0; step < 150; step++)
        {
            optimizer.zero_grad();
            head.Loss(context, new ActionTarget(actions, inside)).Total.backward();
            optimizer.step();
        }

        Tensor drawn = head.Sample(ones(2000, 1, 1), new Generator(2, CPU)).squeeze(1);
        drawn.abs().gt(0.7f).to(ScalarType.Float32).mean().ToSingle().Should().BeGreaterThan(0.98f, "each coordinate alone is one of its two modes");
        drawn.prod(1).lt(0f).to(ScalarType.Float32).mean().ToSingle().Should().BeApproximately(0.5f, 0.05f);
        head.LogProbability(ones(1, 1, 1), ones(1, 1, 2)).ToSingle().Should().BeApproximately(2 * MathF.Log(0.5f / 0.5f), 0.1f, "half of the probability in bins of width 1/2 a coordinate");
    }

    [Fact]
    public void Until_fitted_loss_and_chunks_are_NaN()
    {
        using PolicyHead head = new BinnedHeadConfig { HiddenWidth = 8, Blocks = 1 }.Create(Shape);
        head.Loss(TokenHeadsGolden.Context, new ActionTarget(TokenHeadsGolden.Actions, TokenHeadsGolden.InsideEpisode)).Total.ToSingle().Should().Be(float.NaN);
        head.Sample(TokenHeadsGolden.Context).Values().Should().OnlyContain(value => float.IsNaN(value));
    }

    [Fact]
    public void Actions_that_are_not_finite_give_a_loss_of_NaN()
    {
        using BinnedHead head = Golden(BinDecoding.Sampled);
        Tensor actions = TokenHeadsGolden.Actions;
        actions[1, 1, 0].fill_(float.NaN);
        head.Loss(TokenHeadsGolden.Context, new ActionTarget(actions, TokenHeadsGolden.InsideEpisode)).Total.ToSingle().Should().Be(float.NaN);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new BinnedHeadConfig { HiddenWidth = 0, Blocks = -1, Dropout = 1, Decoding = (BinDecoding)9, Bins = new ActionBinsConfig { Count = 1, LowQuantile = 1 } }.Problems(Shape).Should().HaveCount(6);

    private static BinnedHead Golden(BinDecoding decoding)
    {
        var head = (BinnedHead)new BinnedHeadConfig { Bins = new ActionBinsConfig { Count = 8 }, HiddenWidth = 5, Blocks = 2, Decoding = decoding }.Create(Shape);
        TokenHeadsGolden.Fill(head);
        head.Fit(TokenHeadsGolden.Actions, TokenHeadsGolden.InsideEpisode);
        return head;
    }
}
