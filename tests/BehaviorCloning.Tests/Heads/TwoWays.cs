using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>One situation in which half of the demonstrations turn to -1 and half to +1, every step of a chunk. Straight on, 0, is where the tree stands.</summary>
internal static class TwoWays
{
    /// <summary>Trains a head, and samples 500 chunks.</summary>
    public static float[] TrainAndSample(PolicyHeadConfig config, HeadShape shape, double learningRate = 3e-3)
    {
        torch.random.manual_seed(1);
        using PolicyHead head = config.Create(shape);
        using var generator = new Generator(2, CPU);
        (head as IFitsActions)?.Fit(Actions(1000, shape, generator), ones(1000, shape.PredictionHorizon, ScalarType.Bool), generator);
        using var optimizer = optim.Adam(head.parameters(), learningRate);
        // Without decay the last few batches decide which way is preferred.
        optim.lr_scheduler.LRScheduler schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, 400);
        for (int step = 0; step < 400; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            var target = new ActionTarget(Actions(128, shape, generator), ones(128, shape.PredictionHorizon, ScalarType.Bool));
            optimizer.zero_grad();
            head.Loss(Context(128, shape), target, generator).Total.backward();
            optimizer.step();
            schedule.step();
        }

        head.eval();
        return head.Sample(Context(500, shape), generator).Values();
    }

    private static Tensor Context(long count, HeadShape shape) => zeros(count, shape.ContextTokens, shape.ContextWidth);

    private static Tensor Actions(long count, HeadShape shape, Generator generator) =>
        rand(count, 1, 1, generator: generator).sub(0.5).sign().expand(count, shape.PredictionHorizon, shape.ActionDimension);
}
