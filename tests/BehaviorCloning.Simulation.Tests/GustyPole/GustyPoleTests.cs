using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

public sealed class GustyPoleTests
{
    [Fact]
    public void The_expert_balances_nearly_always() => Successes(seed => new GustyPoleExpert(seed)).Should().BeGreaterThan(140, "of 150");

    [Fact]
    public void Acting_on_what_was_seen_four_steps_ago_fails() => Successes(seed => new LateExpert(new GustyPoleExpert(seed), 4)).Should().BeLessThan(75, "of 150");

    [Fact]
    public void Nobody_balances_without_a_force()
    {
        using var environment = new GustyPoleEnvironment();
        environment.Reset(3);
        int steps = 1;
        while (!environment.Step([0]).Terminated) steps++;
        steps.Should().BeLessThan(60);
    }

    [Fact]
    public void Without_gusts_it_moves_as_the_equations_say()
    {
        // Energy of an unforced pole on a cart is constant between gusts; at 10 ms the integrator keeps it to a few percent.
        using var environment = new GustyPoleEnvironment();
        Observation before = environment.Reset(1);
        StepResult after = environment.Step([0]);
        Math.Abs(Energy(after.Observation) - Energy(before)).Should().BeLessThan(0.01);

        static double Energy(Observation o)
        {
            double v = o["cart"].Span[1], angle = o["pole"].Span[0], spin = o["pole"].Span[1];
            return (0.5 * 1.1 * v * v) + (0.1 * 0.5 * v * spin * Math.Cos(angle)) + (0.5 * (4.0 / 3) * 0.1 * 0.25 * spin * spin) + (0.1 * 9.8 * 0.5 * Math.Cos(angle));
        }
    }

    private static int Successes(Func<long, IExpert> expert) =>
        new RolloutRunner(() => new GustyPoleEnvironment(), new() { Seeds = new SeedRange(1000, 150), Parallelism = 2 }).RunExpert(expert).Count(episode => episode.Success);
}
