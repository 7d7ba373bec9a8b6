using BehaviorCloning.Control;

namespace BehaviorCloning.Core.Tests.Control;

public sealed class AdaptiveControllerTests
{
    private const double Inertia = 0.7, Friction = 0.4, Moment = 0.5, Rate = 2000;

    private static double[] Truth => [Inertia, Friction, Moment];

    [Fact]
    public void Estimates_become_the_true_parameters_on_a_trajectory_that_excites_them()
    {
        (double[] estimates, double error, _) = Track(t => (Math.Sin(2 * t) + (0.5 * Math.Sin(5 * t)), (2 * Math.Cos(2 * t)) + (2.5 * Math.Cos(5 * t)), (-4 * Math.Sin(2 * t)) - (12.5 * Math.Sin(5 * t))), 60);
        error.Should().BeLessThan(2e-3);
        for (int k = 0; k < 3; k++) estimates[k].Should().BeApproximately(Truth[k], 0.01);
    }

    [Fact]
    public void Without_excitation_it_holds_all_the_same_but_learns_one_sum_only()
    {
        (double[] estimates, double error, _) = Track(_ => (0.8, 0, 0), 60);
        error.Should().BeLessThan(2e-3, "tracking needs no true parameters");
        (estimates[2] * Math.Cos(0.8)).Should().BeApproximately(Moment * Math.Cos(0.8), 0.01, "the weight at this angle is felt");
        Math.Abs(estimates[0] - Inertia).Should().BeGreaterThan(0.3, "nothing tells the inertia");
        Math.Abs(estimates[1] - Friction).Should().BeGreaterThan(0.1);
    }

    [Fact]
    public void Its_energy_never_grows()
    {
        (_, _, double growth) = Track(t => (Math.Sin(3 * t), 3 * Math.Cos(3 * t), -9 * Math.Sin(3 * t)), 20);
        growth.Should().BeLessThan(1e-3, "V = M s²/2 + sum of (error of estimate)²/2Γ falls but for the step's size");
    }

    [Fact]
    public void Without_adaptation_an_error_remains()
    {
        (_, double error, _) = Track(t => (Math.Sin(3 * t), 3 * Math.Cos(3 * t), -9 * Math.Sin(3 * t)), 20, adaptation: 0);
        error.Should().BeGreaterThan(0.05);
    }

    [Fact]
    public void Estimates_keep_their_minimum_and_a_NaN_teaches_nothing()
    {
        var controller = new AdaptiveController(new Rod(), new AdaptiveOptions { Initial = [0.1, 0.1, 0.1] }, 100);
        double[] torque = [0];
        controller.Step([double.NaN], [0], [0], [0], [0], torque);
        controller.Estimates.ToArray().Should().Equal(0.1, 0.1, 0.1);
        for (int k = 0; k < 100; k++) controller.Step([0], [0], [0], [2], [3], torque);
        controller.Estimates.ToArray().Should().OnlyContain(value => value >= 0);
        controller.Reset();
        controller.Estimates.ToArray().Should().Equal(0.1, 0.1, 0.1);
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Action make = () => _ = new AdaptiveController(new Rod(), new AdaptiveOptions { ErrorRate = [0], Feedback = [1, 1], Adaptation = [-1], Initial = [1] }, -1);
        make.Should().Throw<ArgumentException>().WithMessage("*ErrorRate 0*Feedback has 2*Adaptation -1*Initial has 1*rate -1*");
    }

    private static (double[] Estimates, double LastError, double Growth) Track(Func<double, (double Position, double Velocity, double Acceleration)> wanted, double seconds, double adaptation = 3)
    {
        var controller = new AdaptiveController(new Rod(), new AdaptiveOptions { ErrorRate = [5], Feedback = [8], Adaptation = [adaptation] }, Rate);
        var plant = new Plant(Inertia, Friction, Moment, Rate);
        double[] torque = [0];
        double energy = double.PositiveInfinity, growth = 0, worst = 0;
        for (int k = 0; k < seconds * Rate; k++)
        {
            (double position, double velocity, double acceleration) = wanted(plant.Time);
            double s = plant.V[0] - velocity + (5 * (plant.Q[0] - position));
            if (adaptation > 0)
            {
                double now = 0.5 * Inertia * s * s;
                for (int p = 0; p < 3; p++) now += Math.Pow(controller.Estimates[p] - Truth[p], 2) / (2 * adaptation);
                growth = Math.Max(growth, now - energy);
                energy = now;
            }

            if (k > (seconds - 5) * Rate) worst = Math.Max(worst, Math.Abs(plant.Q[0] - position));
            controller.Step([position], [velocity], [acceleration], plant.Q, plant.V, torque);
            plant.Step(torque[0]);
        }

        return (controller.Estimates.ToArray(), worst, growth);
    }
}
