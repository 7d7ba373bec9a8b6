using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Autoregressive;

public sealed class AutoregressiveHeadTests
{
    private static readonly HeadShape Shape = new(2, 3, 3, 2);

    public static TheoryData<FactorOrder> Orders => [.. Enum.GetValues<FactorOrder>()];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Loss_gradient_and_density_are_PyTorchs(FactorOrder order)
    {
        using var golden = new TokenHeadsGolden();
        using AutoregressiveHead head = Golden(order);
        LossReport report = head.Loss(TokenHeadsGolden.Context, new ActionTarget(TokenHeadsGolden.Actions, TokenHeadsGolden.InsideEpisode, TokenHeadsGolden.SampleWeight));
        report.Total.ToSingle().Should().BeApproximately(golden.Value("autoregressive", $"{order}", "loss"), 2e-6f);
        report.Total.backward();
        TokenHeadsGolden.ShouldBeClose(head.get_parameter("decoder.context.weight")!.grad!.Values(), golden.Values("autoregressive", $"{order}", "context_gradient"), 1e-6f);
        TokenHeadsGolden.ShouldBeClose(head.LogProbability(TokenHeadsGolden.Context, golden.Within).Values(), golden.Values("autoregressive", $"{order}", "density"));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Chunks_are_those_that_PyTorch_draws_without_a_cache(FactorOrder order)
    {
        using var golden = new TokenHeadsGolden();
        using AutoregressiveHead greedy = Golden(order, new TokenSampling { Temperature = 0 }), drawing = Golden(order);
        TokenHeadsGolden.ShouldBeClose(greedy.Sample(TokenHeadsGolden.Context).Values(), golden.Values("autoregressive", $"{order}", "greedy"), 1e-5f);
        TokenHeadsGolden.ShouldBeClose(drawing.Sample(TokenHeadsGolden.Context, new Generator(9, CPU)).Values(), golden.Values("autoregressive", $"{order}", "drawn"), 1e-5f);
    }

    [Fact]
    public void Coupled_coordinates_stay_coupled()
    {
        // Both are +1 or both are -1: what independent bins mix (see BinnedHeadTests).
        using var head = (AutoregressiveHead)new AutoregressiveHeadConfig { Bins = new ActionBinsConfig { Count = 4 }, Decoder = new TokenDecoderConfig { Width = 16, Layers = 1, Heads = 2, FeedForwardWidth = 32 } }
            .Create(new HeadShape(1, 1, 1, 2));
        Tensor actions = cat([ones(32, 1, 2), ones(32, 1, 2).neg()]), inside = ones(64, 1, ScalarType.Bool), context = ones(64, 1, 1);
        head.Fit(actions, inside);
        using var optimizer = optim.Adam(head.parameters(), 1e-2);
        for (int step = 0; step < 200; step++)
        {
            optimizer.zero_grad();
            head.Loss(context, new ActionTarget(actions, inside)).Total.backward();
            optimizer.step();
        }

        Tensor drawn = head.Sample(ones(1000, 1, 1), new Generator(2, CPU)).squeeze(1);
        drawn.prod(1).gt(0f).to(ScalarType.Float32).mean().ToSingle().Should().BeGreaterThan(0.98f);
        drawn.select(1, 0).gt(0f).to(ScalarType.Float32).mean().ToSingle().Should().BeApproximately(0.5f, 0.1f, "both modes are drawn");
    }

    [Fact]
    public void The_density_sums_to_one_over_all_bins()
    {
        using var head = (AutoregressiveHead)new AutoregressiveHeadConfig { Bins = new ActionBinsConfig { Count = 4 }, Decoder = new TokenDecoderConfig { Width = 8, Layers = 1, Heads = 2, FeedForwardWidth = 8 } }.Create(new HeadShape(1, 2, 2, 1));
        Tensors.Perturb(head);
        head.Fit(Tensors.Normal(3, 100, 2, 1), ones(100, 2, ScalarType.Bool));
        UniformBinCenters(head, out Tensor centers, out double area);
        using IDisposable noGradient = no_grad();
        head.LogProbability(ones(16, 1, 2), centers).exp().sum().mul(area).ToDouble().Should().BeApproximately(1, 1e-5);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new AutoregressiveHeadConfig { Order = (FactorOrder)7, Bins = new ActionBinsConfig { Count = 0 }, Decoder = new TokenDecoderConfig { Layers = 0, FeedForwardWidth = 0 }, Sampling = new TokenSampling { TopK = -1 } }
            .Problems(Shape).Should().HaveCount(5);

    private static void UniformBinCenters(AutoregressiveHead head, out Tensor centers, out double area)
    {
        var bins = head.ToUniformBins();
        centers = tensor([.. from first in Enumerable.Range(0, 4) from second in Enumerable.Range(0, 4) from value in bins.Decode([first, second]) select value]).view(16, 2, 1);
        float[] two = bins.Decode([0, 1]);
        area = (two[1] - two[0]) * (double)(two[1] - two[0]);
    }

    private static AutoregressiveHead Golden(FactorOrder order, TokenSampling? sampling = null)
    {
        var head = (AutoregressiveHead)new AutoregressiveHeadConfig
        {
            Bins = new ActionBinsConfig { Count = 8 }, Order = order, Sampling = sampling ?? new TokenSampling(),
            Decoder = new TokenDecoderConfig { Width = 4, Layers = 2, Heads = 2, FeedForwardWidth = 6 },
        }.Create(Shape);
        TokenHeadsGolden.Fill(head);
        head.Fit(TokenHeadsGolden.Actions, TokenHeadsGolden.InsideEpisode);
        return head;
    }
}
