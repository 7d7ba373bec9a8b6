using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.GaussianMixtures;

public sealed class GaussianMixtureHeadTests
{
    private static readonly HeadShape Shape = new(1, 2, 3, 2);

    [Fact]
    public void The_loss_is_minus_the_mean_log_probability()
    {
        using PolicyHead head = new GaussianMixtureHeadConfig { HiddenWidth = 8, Blocks = 1 }.Create(Shape);
        Tensors.Perturb(head);
        using Tensor context = Tensors.Normal(1, 4, 1, 2), actions = Tensors.Normal(2, 4, 3, 2), inside = ones(4, 3, ScalarType.Bool);
        double expected = -((IActionDensity)head).LogProbability(context, actions).mean().ToDouble();
        head.Loss(context, new ActionTarget(actions, inside)).Total.ToDouble().Should().BeApproximately(expected, 1e-5);
    }

    [Fact]
    public void Where_experts_turn_left_or_right_a_mixture_does_both_and_regression_goes_straight_on()
    {
        // One situation, chunks of four steps: all -1 or all +1.
        var shape = new HeadShape(1, 1, 4, 1);
        var mixture = new MixtureOptions { MinimumScale = 0.01 };
        float[] regression = TwoWays.TrainAndSample(new MseHeadConfig { HiddenWidth = 32, Blocks = 2 }, shape);
        float[] chunks = TwoWays.TrainAndSample(new GaussianMixtureHeadConfig { Mixture = mixture, HiddenWidth = 32, Blocks = 2 }, shape);
        regression.Should().OnlyContain(a => Math.Abs(a) < 0.25);
        chunks.Count(a => Math.Abs(Math.Abs(a) - 1) < 0.1).Should().BeGreaterThan(1950, "of 2000");
        chunks.Chunk(4).Count(chunk => chunk.All(a => a > 0)).Should().BeInRange(200, 300, "of 500, both ways are taken");
        chunks.Chunk(4).Should().OnlyContain(chunk => chunk.All(a => a > 0) || chunk.All(a => a < 0), "a way is kept to");
    }

    [Fact]
    public void Actions_that_repeat_exactly_are_learned_without_running_away()
    {
        // The second value never varies: its likelihood grows until its standard deviation is the minimum, and no further.
        torch.random.manual_seed(1);
        using PolicyHead head = new GaussianMixtureHeadConfig { HiddenWidth = 16, Blocks = 1, Mixture = new MixtureOptions { Components = 2, MinimumScale = 0.01 } }.Create(new HeadShape(1, 1, 1, 2));
        using var generator = new Generator(2, CPU);
        using var optimizer = optim.Adam(head.parameters(), 1e-2);
        double loss = 0;
        for (int step = 0; step < 600; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor varied = randn(64, 1, 1, generator: generator);
            var target = new ActionTarget(cat([varied, zeros(64, 1, 1)], 2), ones(64, 1, ScalarType.Bool));
            optimizer.zero_grad();
            Tensor total = head.Loss(zeros(64, 1, 1), target).Total;
            total.backward();
            optimizer.step();
            loss = total.ToDouble();
        }

        double bound = -Math.Log(0.01 * Math.Sqrt(2 * Math.PI));
        double entropy = 0.5 * Math.Log(2 * Math.PI * Math.E);
        loss.Should().BeInRange(entropy - bound - 0.5, entropy - bound + 0.8, "the best that can be reached is {0}", entropy - bound);
        head.parameters().Should().OnlyContain(p => p.isfinite().all().ToBoolean());
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed() =>
        new GaussianMixtureHeadConfig { HiddenWidth = 0, Blocks = -1, Dropout = 1, Mixture = new MixtureOptions { Components = 0 } }.Problems(Shape).Should().HaveCount(4);
}
