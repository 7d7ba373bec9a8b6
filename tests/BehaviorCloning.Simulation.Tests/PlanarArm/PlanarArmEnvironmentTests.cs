using BehaviorCloning.Control;
using BehaviorCloning.Evaluation;

namespace BehaviorCloning.Simulation;

public sealed class PlanarArmEnvironmentTests
{
    private static readonly PlanarLink Frictionless = new() { Viscous = 0, Coulomb = 0 };

    [Theory]
    [InlineData(2, 1000, 1e-6)]
    [InlineData(3, 1000, 1e-5)]
    [InlineData(3, 4000, 1e-7)]
    public void Energy_is_kept_without_friction(int links, double rate, double tolerance)
    {
        using var environment = new PlanarArmEnvironment(new() { Links = [.. Enumerable.Repeat(Frictionless, links)], Action = PlanarArmAction.Torque, Wall = false, ServoRateHz = rate });
        environment.Reset(0);
        environment.SetState([.. Enumerable.Repeat(0.4, links)], new double[links]);
        double before = environment.Energy, lowest = -9.81 * 0.4 * links * links / 2;
        for (int step = 0; step < 80; step++)
        {
            environment.Step(new float[links]);
            Math.Abs(environment.Energy - before).Should().BeLessThan(tolerance * (before - lowest));
        }
    }

    [Fact]
    public void Friction_takes_energy()
    {
        using var environment = new PlanarArmEnvironment(new() { Action = PlanarArmAction.Torque, Wall = false });
        environment.Reset(0);
        double before = environment.Energy;
        for (int step = 0; step < 40; step++)
        {
            environment.Step([0, 0]);
            environment.Energy.Should().BeLessThan(before);
            before = environment.Energy;
        }
    }

    [Fact]
    public void A_single_link_swings_with_the_period_of_a_pendulum()
    {
        using var environment = new PlanarArmEnvironment(new() { Links = [Frictionless], Action = PlanarArmAction.Torque, Wall = false, ControlRateHz = 500 });
        environment.Reset(0);
        environment.SetState([(-Math.PI / 2) + 0.01], [0]);
        double frequency = Math.Sqrt(9.81 * 0.2 / ((0.4 * 0.4 / 12) + 0.04));
        for (int k = 1; k <= 500; k++)
            environment.Step([0]).Observation["joints"].Span[0].Should().BeApproximately((float)((-Math.PI / 2) + (0.01 * Math.Cos(frequency * k / 500.0))), 1e-5f);
    }

    [Theory]
    [InlineData(25, 0.5)]
    [InlineData(25, 2)]
    [InlineData(400, 0.5)]
    [InlineData(400, 2)]
    public void The_expert_fills_the_slot_through_every_controller(double stiffness, double ratio) =>
        Successes(new() { Stiffness = stiffness, DampingRatio = ratio }).Should().BeGreaterThanOrEqualTo(48, "of 50");

    [Fact]
    public void The_expert_fills_the_slot_by_tool_targets() => Successes(new() { Action = PlanarArmAction.ToolTarget, Stiffness = 400 }).Should().BeGreaterThanOrEqualTo(45, "of 50");

    [Fact]
    public void Nobody_gets_in_by_holding_still()
    {
        var results = new RolloutRunner(() => new PlanarArmEnvironment(), new() { Seeds = new SeedRange(0, 20) }).RunExpert(_ => new Holding());
        results.Should().OnlyContain(result => !result.Success);
    }

    [Theory]
    [InlineData(25, false)]
    [InlineData(400, true)]
    public void Driven_into_the_wall_a_stiff_arm_breaks_its_tool_and_a_compliant_one_does_not(double stiffness, bool breaks)
    {
        using var environment = new PlanarArmEnvironment(new() { Stiffness = stiffness });
        environment.Reset(4);

        // A centimeter in front of the wall, far from this seed's slot; the target lies 7 cm behind it.
        environment.SetState([-0.83, 1.66], [0, 0]);
        StepResult result = default;
        int step = 0;
        do result = environment.Step([-0.69f, 1.38f]);
        while (!result.Terminated && ++step < 60);
        (result.Terminated && environment.LargestForce > 60).Should().Be(breaks);
        result.Success.Should().BeFalse();
        if (!breaks) environment.LargestForce.Should().BePositive("the wall is there");
        result.Observation["slot"].Span[0].Should().BeGreaterThan(-0.02f, "the wall gives way by a centimeter at most");
    }

    [Fact]
    public void The_same_seed_gives_the_same_episode_and_another_another()
    {
        Play(3).Should().Equal(Play(3));
        Play(3).Should().NotEqual(Play(4));

        static float[] Play(long seed)
        {
            using var environment = new PlanarArmEnvironment();
            Observation observation = environment.Reset(seed);
            var expert = new PlanarArmExpert();
            for (int step = 0; step < 10; step++) observation = environment.Step(expert.Act(observation, environment)).Observation;
            return [.. observation["joints"].ToArray(), .. observation["slot"].ToArray()];
        }
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Action make = () => _ = new PlanarArmEnvironment(new() { Links = [new() { Mass = -1, Length = 0.2 }], ServoRateHz = 30, Stiffness = 0, DampingRatio = -1 });
        make.Should().Throw<ArgumentException>().WithMessage("*Mass -1*Stiffness 0*DampingRatio -1*multiple*reaches 0.2*one link*");
    }

    [Fact]
    public void Steps_before_a_reset_and_actions_that_are_not_finite_are_refused()
    {
        using var environment = new PlanarArmEnvironment();
        environment.Invoking(e => e.Step([0, 0])).Should().Throw<InvalidOperationException>();
        environment.Reset(0);
        environment.Invoking(e => e.Step([0, float.NaN])).Should().Throw<ArgumentException>();
        environment.Invoking(e => e.Step([0])).Should().Throw<ArgumentException>();
    }

    private static int Successes(PlanarArmOptions options) =>
        new RolloutRunner(() => new PlanarArmEnvironment(options), new() { Seeds = new SeedRange(0, 50) }).RunExpert(_ => new PlanarArmExpert()).Count(result => result.Success);

    private sealed class Holding : IExpert
    {
        public float[] Act(Observation observation, IEnvironment environment) => observation["joints"].ToArray();
    }
}
