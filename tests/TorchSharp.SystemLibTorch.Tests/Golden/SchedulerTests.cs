using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim.lr_scheduler;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>The learning rates of twelve epochs under every scheduler, against PyTorch.</summary>
public sealed class SchedulerTests
{
    private static readonly GoldenFile Golden = GoldenFile.Training;

    private static readonly Dictionary<string, Func<optim.Optimizer, LRScheduler>> Schedulers = new()
    {
        ["StepLR"] = o => StepLR(o, 3, 0.5),
        ["MultiStepLR"] = o => MultiStepLR(o, [2, 5, 5, 9], 0.5),
        ["LambdaLR"] = o => LambdaLR(o, epoch => 1.0 / (1 + epoch)),
        ["MultiplicativeLR"] = o => MultiplicativeLR(o, epoch => 0.9 + 0.01 * epoch),
        ["ExponentialLR"] = o => ExponentialLR(o, 0.8),
        ["ConstantLR"] = o => ConstantLR(o, 0.4, 4),
        ["LinearLR"] = o => LinearLR(o, 0.1, 0.9, 6),
        ["PolynomialLR"] = o => PolynomialLR(o, 8, 2),
        ["CosineAnnealingLR"] = o => CosineAnnealingLR(o, 8, 0.02),
        ["OneCycleLR"] = o => OneCycleLR(o, 0.9, 13),
        ["OneCycleLR.linear"] = o => OneCycleLR(o, 0.9, 13, pct_start: 0.4, anneal_strategy: impl.OneCycleLR.AnnealStrategy.Linear, three_phase: true),
        ["OneCycleLR.list"] = o => OneCycleLR(o, [0.9], 13),
        ["CyclicLR.list"] = o => CyclicLR(o, [0.1], [0.9], 3, 2),
        ["CyclicLR"] = o => CyclicLR(o, 0.1, 0.9, 3, 2),
        ["CyclicLR.triangular2"] = o => CyclicLR(o, 0.1, 0.9, 3, mode: impl.CyclicLR.Mode.Triangular2),
        ["CyclicLR.exp_range"] = o => CyclicLR(o, 0.1, 0.9, 3, mode: impl.CyclicLR.Mode.ExpRange, gamma: 0.9),
        ["ReduceLROnPlateau"] = o => ReduceLROnPlateau(o, factor: 0.5, patience: 1, cooldown: 1),
        ["SequentialLR"] = o => SequentialLR(o, [LinearLR(o, 0.1, 1.0, 4), CosineAnnealingLR(o, 8)], [4]),
        ["ChainedLR"] = o => ChainedLR([ConstantLR(o, 0.4, 4), ExponentialLR(o, 0.8)]),
    };

    public static TheoryData<string> Names => [.. Schedulers.Keys];

    [Fact]
    public void Every_golden_scheduler_is_tested() =>
        Schedulers.Keys.Append("metrics").Should().BeEquivalentTo(Golden.Below("schedule.").Where(key => !key.EndsWith(".momentum", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Learning_rates_agree_with_PyTorch(string name)
    {
        using var parameter = new Parameter(zeros(1));
        using SGD optimizer = optim.SGD([parameter], 0.5, 0.9);
        LRScheduler scheduler = Schedulers[name](optimizer);
        double[] metrics = Agreement.Values(Golden["schedule.metrics"]);
        List<double> rates = [], momenta = [];
        for (int step = 0; step <= 12; step++)
        {
            optim.ILearningRateController group = optimizer.ParamGroups.Single();
            rates.Add(group.LearningRate);
            momenta.Add(((optim.IMomentum)group).Momentum);
            if (step == 12)
            {
                break;
            }

            optimizer.step();
            if (name == "ReduceLROnPlateau")
            {
                scheduler.step(metrics[step]);
            }
            else
            {
                scheduler.step();
            }
        }

        Agreement.Closely(tensor(rates.ToArray()), Golden[$"schedule.{name}"], name, 1e-12);
        if (Golden.Contains($"schedule.{name}.momentum"))
        {
            Agreement.Closely(tensor(momenta.ToArray()), Golden[$"schedule.{name}.momentum"], $"{name}, momentum", 1e-12);
        }
    }
}
