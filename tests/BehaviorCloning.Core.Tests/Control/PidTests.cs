using BehaviorCloning.Control;

namespace BehaviorCloning.Core.Tests.Control;

public sealed class PidTests
{
    private const double Rate = 10_000;

    [Theory]
    [InlineData(5, 4)]
    [InlineData(2, 40)]
    public void A_cascade_of_two_gains_steps_as_a_second_order_system_does(double outer, double inner)
    {
        // J q'' = Kv (Kp (1 - q) - q')
        const double Inertia = 0.5;
        double frequency = Math.Sqrt(outer * inner / Inertia), ratio = Math.Sqrt(inner / (4 * Inertia * outer));
        var cascade = new PidCascade(new PidOptions { Proportional = outer }, new PidOptions { Proportional = inner }, 1, Rate);
        var plant = new Plant(Inertia);
        double[] torque = [0];
        for (int k = 0; k < 20_000; k++)
        {
            plant.Q[0].Should().BeApproximately(SecondOrder.Response(frequency, ratio, plant.Time), 2e-3);
            cascade.Step([1], [], plant.Q, plant.V, torque);
            plant.Step(torque[0]);
        }
    }

    [Fact]
    public void The_closed_forms_are_not_all_alike() =>
        SecondOrder.Response(6, 0.4, 0.6).Should().BeGreaterThan(1.1).And.NotBeApproximately(SecondOrder.Response(6, 1.5, 0.6), 0.2, "the comparison above can fail");

    [Fact]
    public void Only_an_integral_carries_a_load()
    {
        Settle(0).Should().BeApproximately(1 - (2.0 / 20), 1e-6, "a spring of 20 gives way by 2/20");
        Settle(40).Should().BeApproximately(1, 1e-6);

        static double Settle(double integral)
        {
            var pid = new Pid(new PidOptions { Proportional = 20, Integral = integral, Derivative = 6 }, Rate);
            var plant = new Plant(1);
            for (int k = 0; k < 200_000; k++) plant.Step(pid.Step(1, plant.Q[0]) - 2);
            return plant.Q[0];
        }
    }

    [Fact]
    public void Anti_windup_spares_the_overshoot_after_a_long_way_at_the_limit()
    {
        double without = Overshoot(double.PositiveInfinity), with = Overshoot(0.05);
        without.Should().BeGreaterThan(0.5);
        with.Should().BeLessThan(0.2 * without);

        static double Overshoot(double tracking)
        {
            var pid = new Pid(new PidOptions { Proportional = 20, Integral = 20, Derivative = 9, OutputLimit = 2, TrackingSeconds = tracking }, Rate);
            var plant = new Plant(1);
            double highest = 0;
            for (int k = 0; k < 150_000; k++)
            {
                plant.Step(pid.Step(5, plant.Q[0]));
                highest = Math.Max(highest, plant.Q[0]);
            }

            return highest - 5;
        }
    }

    [Fact]
    public void The_derivative_follows_a_ramp_with_its_filters_time_constant()
    {
        var pid = new Pid(new PidOptions { Proportional = 1, Derivative = 3, DerivativeFilterSeconds = 0.1 }, Rate);
        pid.Step(0, 0);
        for (int k = 1; k <= 5000; k++)
        {
            double time = k / Rate, output = pid.Step(time, time);
            output.Should().BeApproximately(-3 * (1 - Math.Exp(-time / 0.1)), 2e-3);
        }
    }

    [Fact]
    public void A_jump_of_the_set_point_makes_no_derivative_kick()
    {
        var pid = new Pid(new PidOptions { Proportional = 2, Derivative = 100 }, Rate);
        pid.Step(0, 0);
        pid.Step(1, 0).Should().Be(2);
    }

    [Fact]
    public void Output_keeps_its_limit_and_a_NaN_leaves_no_trace()
    {
        PidOptions options = new() { Proportional = 50, Integral = 10, Derivative = 1, OutputLimit = 3 };
        Pid pid = new(options, Rate), clean = new(options, Rate);
        pid.Step(1, 0).Should().Be(3);
        clean.Step(1, 0);
        pid.Step(double.NaN, 0).Should().Be(double.NaN);
        pid.Step(0.01, 0.005).Should().Be(clean.Step(0.01, 0.005));
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Action make = () => _ = new Pid(new PidOptions { Proportional = 0, Integral = -1, Derivative = double.NaN, OutputLimit = 0, TrackingSeconds = -1 }, 0);
        make.Should().Throw<ArgumentException>().WithMessage("*Proportional 0*Integral -1*Derivative NaN*OutputLimit 0*TrackingSeconds -1*rate 0*");
    }
}
