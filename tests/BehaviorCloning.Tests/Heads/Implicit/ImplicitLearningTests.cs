using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Implicit;

/// <summary>What implicit cloning is for, in worlds of one number. Seeds are those of <see cref="TwoWays"/> and of the methods below.</summary>
public sealed class ImplicitLearningTests
{
    private static readonly HeadShape Line = new(1, 1, 1, 1);
    private static readonly ImplicitHeadConfig Small = new() { HiddenWidth = 64, Blocks = 1, CounterExamples = 32, Search = new DerivativeFreeSearch { Samples = 256 } };

    [Fact]
    public void Where_experts_turn_left_or_right_drawn_answers_do_both_and_the_best_is_always_one_of_them()
    {
        float[] drawn = TwoWays.TrainAndSample(Small with { Choice = ImplicitChoice.Drawn, Search = new DerivativeFreeSearch { Samples = 256, SharesSoftmax = true } }, Line);
        drawn.Count(a => Math.Abs(Math.Abs(a) - 1) < 0.2).Should().BeGreaterThan(475, "of 500");
        drawn.Count(a => a > 0).Should().BeInRange(125, 375, "both ways are taken");

        float[] best = TwoWays.TrainAndSample(Small, Line);
        best.Should().OnlyContain(a => Math.Abs(Math.Abs(a) - 1) < 0.2, "the best of two ways is a way, not their middle");
    }

    [Fact]
    public void At_a_jump_implicit_cloning_is_sharp_and_regression_blurs()
    {
        // The paper's discontinuity: the expert answers -1 left of 0 and +1 right of it.
        float[] within = [.. Enumerable.Range(-40, 81).Select(i => i / 4000f)], around = [.. Enumerable.Range(-40, 81).Select(i => i / 400f)];
        float[] regression = TrainAndAnswer(new MseHeadConfig { HiddenWidth = 64, Blocks = 1 }, [.. within, .. around]);
        float[] sharp = TrainAndAnswer(Small, [.. within, .. around]);
        regression.Take(81).Count(a => Math.Abs(a) < 0.8).Should().BeGreaterThan(15, "of 81: regression draws a line from -1 to 1");
        sharp.Count(a => Math.Abs(a) < 0.8).Should().BeLessThanOrEqualTo(3, "of 162: there is nothing between");
        sharp.Skip(81).Where((a, i) => Math.Abs(around[i]) > 0.02 && a * around[i] < 0).Should().BeEmpty("the jump is where it was");
    }

    private static float[] TrainAndAnswer(PolicyHeadConfig config, float[] where)
    {
        torch.random.manual_seed(1);
        using PolicyHead head = config.Create(Line);
        using var generator = new Generator(2, CPU);
        (head as IFitsActions)?.Fit(tensor(new[] { -1f, 1 }, [2, 1, 1]), ones(2, 1, ScalarType.Bool));
        using var optimizer = optim.Adam(head.parameters(), 3e-3);
        for (int step = 0; step < 600; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor context = rand(128, 1, 1, generator: generator).mul(2).sub(1);
            optimizer.zero_grad();
            head.Loss(context, new ActionTarget(context.sign(), ones(128, 1, ScalarType.Bool)), generator).Total.backward();
            optimizer.step();
        }

        head.eval();
        return head.Sample(tensor(where, [where.Length, 1, 1]), generator).Values();
    }
}
