using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.BehaviorTransformer;

public sealed class BehaviorTransformerHeadTests
{
    private static readonly HeadShape Shape = new(3, 4, 2, 3);
    private static readonly BehaviorTransformerHeadConfig Small = new() { Clusters = 5, Trunk = new() { Width = 8, Layers = 2, Heads = 2, Dropout = 0 } };

    [Fact]
    public void Loss_gradients_and_samples_are_those_of_PyTorch()
    {
        using PolicyHead head = Small.Create(Shape);
        using var golden = new HeadGolden("behavior_transformer");
        golden.LoadInto(head);
        golden.LossShouldAgree(head);
        golden.ShouldAgree(head.Sample(golden.Context, new Generator(11, CPU)), "sample");
    }

    [Fact]
    public void One_draw_decides_for_the_whole_chunk_so_both_ways_are_taken_and_none_between()
    {
        using PolicyHead head = TreeAhead.Train(new BehaviorTransformerHeadConfig { Clusters = 8, Trunk = new() { Width = 32, Layers = 2, Heads = 2 } }, 400);
        (double clean, double left) = TreeAhead.Score(head);
        clean.Should().BeGreaterThan(0.95);
        left.Should().BeInRange(0.4, 0.6);
    }

    [Fact]
    public void Only_the_offset_of_the_right_cluster_is_learned()
    {
        using PolicyHead head = Small.Create(Shape);
        Tensors.Perturb(head);
        Fit(head, Tensors.Normal(2, 20, 2, 3));
        using Tensor actions = Tensors.Normal(2, 20, 2, 3).narrow(0, 0, 1), inside = ones(1, 2, ScalarType.Bool);
        head.Loss(Tensors.Normal(1, 1, 3, 4), new ActionTarget(actions, inside)).Total.backward();
        Tensor gradient = head.named_parameters().Single(p => p.name == "output.weight").parameter.grad!;
        float[] perCluster = gradient.narrow(0, 5, 30).view(5, 48).abs().sum(1).Values();
        perCluster.Count(sum => sum > 0).Should().Be(1);
    }

    [Fact]
    public void Chunks_that_end_early_are_compared_by_the_steps_they_have()
    {
        using PolicyHead head = Small.Create(Shape);
        using Tensor actions = Tensors.Normal(2, 20, 2, 3), inside = ones(20, 2, ScalarType.Bool);
        inside[4, 1].fill_(false);
        ((IFitsActions)head).Fit(actions, inside, new Generator(1, CPU));
        float[] centers = ((BehaviorTransformerHead)head).Centers.Values();
        actions[4, 1].fill_(float.NaN);
        ((IFitsActions)head).Fit(actions, inside, new Generator(1, CPU));
        ((BehaviorTransformerHead)head).Centers.Values().Should().Equal(centers);
        double loss = head.Loss(Tensors.Normal(1, 20, 3, 4), new ActionTarget(actions, inside)).Total.ToDouble();
        double.IsFinite(loss).Should().BeTrue();
    }

    [Fact]
    public void A_dimension_that_never_changes_stays_what_it_is()
    {
        using PolicyHead head = (Small with { Temperature = 0 }).Create(Shape);
        using Tensor actions = Tensors.Normal(2, 20, 2, 3);
        actions.select(2, 1).fill_(0.7f);
        Fit(head, actions);
        ((BehaviorTransformerHead)head).Centers.view(5, 2, 3).select(2, 1).Values().Should().OnlyContain(value => Math.Abs(value - 0.7f) < 1e-6);
    }

    [Fact]
    public void Before_it_is_fitted_its_loss_is_NaN_which_stops_training()
    {
        using PolicyHead head = Small.Create(Shape);
        head.Loss(Tensors.Normal(1, 4, 3, 4), new ActionTarget(Tensors.Normal(2, 4, 2, 3), ones(4, 2, ScalarType.Bool))).Total.ToDouble().Should().Be(double.NaN);
    }

    [Fact]
    public void Fewer_distinct_chunks_than_clusters_and_values_that_are_not_finite_are_refused()
    {
        using PolicyHead head = Small.Create(Shape);
        using Tensor same = Tensors.Normal(2, 4, 2, 3).repeat(5, 1, 1), broken = Tensors.Normal(2, 20, 2, 3);
        Action few = () => Fit(head, same);
        few.Should().Throw<ArgumentException>().WithMessage("*only 4 distinct points for 5 clusters*fewer clusters*");
        broken[3, 1].fill_(float.NaN);
        Action nan = () => Fit(head, broken);
        nan.Should().Throw<ArgumentException>().WithMessage("*not finite*");
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new BehaviorTransformerHeadConfig
        {
            Clusters = 0,
            ClusterIterations = 0,
            FocalGamma = -1,
            OffsetWeight = double.NaN,
            Temperature = -1,
            Trunk = new() { Width = 10, Layers = 0, Heads = 3, Dropout = 1 },
        }.Problems(Shape).Should().HaveCount(8);

    private static void Fit(PolicyHead head, Tensor actions) =>
        ((IFitsActions)head).Fit(actions, ones(actions.size(0), 2, ScalarType.Bool), new Generator(1, CPU));
}
