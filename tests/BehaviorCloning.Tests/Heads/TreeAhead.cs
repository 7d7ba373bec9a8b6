using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>
/// The smallest fork: eight steps of one dimension that pass a tree on the left or on the right, equally often. The context is where the
/// tree stands, which is also where the mean of both ways leads.
/// </summary>
internal static class TreeAhead
{
    private const int Steps = 8;

    public static readonly HeadShape Shape = new(1, 1, Steps, 1);

    /// <summary>Trains a head; a head that fits itself sees 1000 chunks first.</summary>
    public static PolicyHead Train(PolicyHeadConfig config, int steps, double learningRate = 2e-3)
    {
        torch.random.manual_seed(1);
        PolicyHead head = config.Create(Shape);
        using var random = new Generator(2, CPU);
        if (head is IFitsActions fits)
        {
            using DisposeScope scope = NewDisposeScope();
            (_, Tensor actions) = Draw(1000, random);
            fits.Fit(actions, ones(1000, Steps, ScalarType.Bool), random);
        }

        using var optimizer = optim.Adam(head.parameters(), learningRate);
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor context, Tensor actions) = Draw(128, random);
            optimizer.zero_grad();
            head.Loss(context, new ActionTarget(actions, ones(128, Steps, ScalarType.Bool)), random).Total.backward();
            optimizer.step();
        }

        head.eval();
        return head;
    }

    /// <summary>Samples 1000 chunks.</summary>
    /// <returns>The share of chunks that err by less than 0.2 from one of the ways, and the share of these that go left.</returns>
    public static (double Clean, double Left) Score(PolicyHead head)
    {
        using DisposeScope scope = NewDisposeScope();
        using var random = new Generator(3, CPU);
        (Tensor context, _) = Draw(1000, random);
        Tensor fromTree = head.Sample(context, random).sub(context), way = fromTree.mean([1L, 2L], keepdim: true).sign();
        Tensor error = fromTree.sub(Swing().mul(way)).square().mean([1L, 2L]).sqrt();
        Tensor clean = error.lt(0.2f);
        double share = clean.to(float32).mean().ToDouble();
        return (share, clean.logical_and(way.flatten().lt(0f)).to(float32).mean().ToDouble() / Math.Max(share, 1e-9));
    }

    private static (Tensor Context, Tensor Actions) Draw(long count, Generator random)
    {
        Tensor tree = rand(count, 1, 1, generator: random).mul(3f).sub(1.5f), way = rand(count, 1, 1, generator: random).sub(0.5f).sign();
        Tensor hand = randn(count, Steps, 1, generator: random).mul(0.02f);
        return (tree, Swing().mul(way).add(tree).add(hand));
    }

    private static Tensor Swing() => arange(Steps, dtype: ScalarType.Float32).add(0.5).mul(Math.PI / Steps).sin().view(1, Steps, 1);
}
