using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.SystemLibTorch.Tests.Optim;

public sealed class SchedulerTests
{
    private static (SGD Optimizer, Parameter Parameter) Make(double rate = 1)
    {
        var parameter = new Parameter(ones(1));
        return (optim.SGD([parameter], rate, momentum: 0.9), parameter);
    }

    private static double[] Rates(Func<SGD, lr_scheduler.LRScheduler> schedule, int steps, double rate = 1)
    {
        var (optimizer, parameter) = Make(rate);
        using (parameter)
        using (optimizer)
        {
            var scheduler = schedule(optimizer);
            var rates = new double[steps];

            for (var i = 0; i < steps; i++)
            {
                rates[i] = optimizer.ParamGroups.First().LearningRate;
                scheduler.get_last_lr().Should().Equal(rates[i]);
                scheduler.step();
            }

            return rates;
        }
    }

    [Fact]
    public void Steps_milestones_and_powers()
    {
        Rates(o => lr_scheduler.StepLR(o, 2, 0.5), 5).Should().Equal(1, 1, 0.5, 0.5, 0.25);
        Rates(o => lr_scheduler.MultiStepLR(o, [1, 3], 0.5), 5).Should().Equal(1, 0.5, 0.5, 0.25, 0.25);
        Rates(o => lr_scheduler.ExponentialLR(o, 0.5), 3).Should().Equal(1, 0.5, 0.25);
        Rates(o => lr_scheduler.LambdaLR(o, epoch => 1.0 / (1 + epoch)), 3).Should().Equal(1, 0.5, 1.0 / 3);
        Rates(o => lr_scheduler.MultiplicativeLR(o, _ => 0.5), 3).Should().Equal(1, 0.5, 0.25);
        Rates(o => lr_scheduler.ConstantLR(o, 0.5, 2), 4).Should().Equal(0.5, 0.5, 1, 1);
    }

    [Fact]
    public void Lines_and_polynomials_end_where_they_should()
    {
        var linear = Rates(o => lr_scheduler.LinearLR(o, 0.5, 1, 4), 6);
        linear[0].Should().Be(0.5);
        linear[2].Should().BeApproximately(0.75, 1e-12);
        linear[5].Should().BeApproximately(1, 1e-12);
        var polynomial = Rates(o => lr_scheduler.PolynomialLR(o, 4, 2), 6);
        polynomial[1].Should().BeApproximately(0.5625, 1e-12);
        polynomial[5].Should().Be(0);
    }

    [Fact]
    public void A_cosine_goes_down_to_its_floor()
    {
        var rates = Rates(o => lr_scheduler.CosineAnnealingLR(o, 10, 0.1), 11);
        for (var i = 0; i <= 10; i++) rates[i].Should().BeApproximately(0.1 + 0.9 * (1 + Math.Cos(Math.PI * i / 10)) / 2, 1e-12);
    }

    [Fact]
    public void A_sequence_hands_over_at_its_milestone()
    {
        var rates = Rates(
            o => lr_scheduler.SequentialLR(o, [lr_scheduler.ConstantLR(o, 0.1, 100), lr_scheduler.ExponentialLR(o, 0.5)], [2]), 5);
        rates[0].Should().BeApproximately(0.1, 1e-12);
        rates[1].Should().BeApproximately(0.1, 1e-12);
        rates[2].Should().BeApproximately(1, 1e-12);
        rates[3].Should().BeApproximately(0.5, 1e-12);
    }

    [Fact]
    public void Chained_schedulers_multiply() =>
        Rates(o => lr_scheduler.ChainedLR([lr_scheduler.ExponentialLR(o, 0.5), lr_scheduler.ExponentialLR(o, 0.5)]), 3).Should().Equal(1, 0.25, 0.0625);

    [Fact]
    public void One_cycle_starts_low_peaks_and_ends_lower_with_the_momentum_opposite()
    {
        var (optimizer, parameter) = Make();
        using (parameter)
        using (optimizer)
        {
            var scheduler = lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps: 10, pct_start: 0.3);
            var group = (IMomentum)optimizer.ParamGroups.First();
            optimizer.ParamGroups.First().LearningRate.Should().BeApproximately(0.04, 1e-12);
            group.Momentum.Should().BeApproximately(0.95, 1e-12);
            scheduler.step();
            scheduler.step();
            optimizer.ParamGroups.First().LearningRate.Should().BeApproximately(1, 1e-12);
            group.Momentum.Should().BeApproximately(0.85, 1e-12);
            for (var i = 0; i < 7; i++) scheduler.step();
            optimizer.ParamGroups.First().LearningRate.Should().BeApproximately(0.04 / 1e4, 1e-12);
            group.Momentum.Should().BeApproximately(0.95, 1e-12);
            scheduler.step();
            FluentActions.Invoking(() => scheduler.step()).Should().Throw<InvalidOperationException>();
        }
    }

    [Fact]
    public void A_plateau_reduces_the_rate_after_patience_runs_out()
    {
        var (optimizer, parameter) = Make();
        using (parameter)
        using (optimizer)
        {
            var scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.5, patience: 1, min_lr: [0.3]);
            double Rate() => optimizer.ParamGroups.First().LearningRate;
            scheduler.step(1.0);
            scheduler.step(1.0);
            Rate().Should().Be(1);
            scheduler.step(1.0);
            Rate().Should().Be(0.5);
            scheduler.step(1.0);
            scheduler.step(1.0);
            Rate().Should().Be(0.3, "the rate does not fall below its minimum");
            FluentActions.Invoking(() => scheduler.step()).Should().Throw<InvalidOperationException>();
        }
    }

    [Fact]
    public void Schedulers_set_every_group_from_its_own_rate()
    {
        using var first = new Parameter(ones(1));
        using var second = new Parameter(ones(1));
        using var adam = new Adam([new Adam.ParamGroup([first], lr: 0.1), new Adam.ParamGroup([second], lr: 0.01)]);
        var scheduler = lr_scheduler.LambdaLR(adam, epoch => epoch < 1 ? 0 : 1);
        adam.ParamGroups.Select(group => group.LearningRate).Should().Equal(0, 0);
        scheduler.step();
        adam.ParamGroups.Select(group => group.LearningRate).Should().Equal(0.1, 0.01);
    }
}
