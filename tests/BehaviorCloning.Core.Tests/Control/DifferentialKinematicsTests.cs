using BehaviorCloning.Control;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Control;

public sealed class DifferentialKinematicsTests
{
    [Property]
    public bool Joint_speeds_are_bounded_however_near_a_singularity(int seed)
    {
        var random = new Random(seed);
        return Fastest(random, 0.05) <= 1 / (2 * 0.05);
    }

    [Fact]
    public void Without_damping_they_are_not() => Enumerable.Range(0, 50).Max(seed => Fastest(new Random(seed), 1e-6)).Should().BeGreaterThan(1000);

    [Fact]
    public void Far_from_singularities_the_tool_does_exactly_what_is_asked()
    {
        double[] q = [0.4, 1.3], v = new double[2], jacobian = new double[4];
        var links = new TwoLinks();
        links.Jacobian(q, jacobian);
        Exact(0.3).Should().BeApproximately(0, 1e-12);
        Exact(0).Should().BeGreaterThan(1e-4, "damped everywhere, it gives way everywhere");

        double Exact(double wellConditioned)
        {
            var kinematics = new DifferentialKinematics(links, new() { Damping = 0.05, WellConditioned = wellConditioned, ErrorRate = 0 });
            kinematics.Step([0, 0], [0.3, -0.2], q, v);
            kinematics.Manipulability.Should().BeApproximately(Math.Sin(1.3), 1e-12, "w = l1 l2 |sin q2|");
            return Math.Abs((jacobian[0] * v[0]) + (jacobian[1] * v[1]) - 0.3) + Math.Abs((jacobian[2] * v[0]) + (jacobian[3] * v[1]) + 0.2);
        }
    }

    [Property]
    public void What_it_gives_is_least_in_the_damped_sense(int seed)
    {
        var random = new Random(seed);
        var links = new TwoLinks();
        double[] q = [random.NextDouble() * 6, random.NextDouble() * 6], v = new double[2], jacobian = new double[4];
        new DifferentialKinematics(links, new() { Damping = 0.2, ErrorRate = 0 }).Step([0, 0], [0.3, -0.2], q, v);
        links.Jacobian(q, jacobian);
        double least = Cost(v[0], v[1]);
        for (int trial = 0; trial < 20; trial++) Cost(v[0] + (0.01 * (random.NextDouble() - 0.5)), v[1] + (0.01 * (random.NextDouble() - 0.5))).Should().BeGreaterThanOrEqualTo(least);

        double Cost(double a, double b) =>
            Math.Pow((jacobian[0] * a) + (jacobian[1] * b) - 0.3, 2) + Math.Pow((jacobian[2] * a) + (jacobian[3] * b) + 0.2, 2) + (0.04 * ((a * a) + (b * b)));
    }

    [Theory]
    [InlineData(1.2, 0.5, 0)]
    [InlineData(3, 4, 3)]
    public void Followed_it_reaches_what_can_be_reached_and_stretches_toward_what_cannot(double x, double y, double short_)
    {
        var links = new TwoLinks();
        var kinematics = new DifferentialKinematics(links, new() { SpeedLimit = 2 });
        double[] q = [0.1, 0.5], v = new double[2], point = new double[2];
        for (int k = 0; k < 20_000; k++)
        {
            kinematics.Step([x, y], [], q, v);
            for (int i = 0; i < 2; i++)
            {
                Math.Abs(v[i]).Should().BeLessThanOrEqualTo(2 + 1e-12);
                q[i] += 0.002 * v[i];
            }
        }

        links.Position(q, point);
        Math.Sqrt(Math.Pow(point[0] - x, 2) + Math.Pow(point[1] - y, 2)).Should().BeApproximately(short_, 2e-3);
    }

    [Fact]
    public void What_is_not_finite_is_refused()
    {
        var kinematics = new DifferentialKinematics(new TwoLinks(), new());
        kinematics.Invoking(k => k.Step([0, double.NaN], [], [0, 1], new double[2])).Should().Throw<ArgumentException>().WithMessage("*target is not finite*");
        kinematics.Invoking(k => k.Step([0, 0], [], [double.NaN, 1], new double[2])).Should().Throw<ArgumentException>().WithMessage("*a joint is not finite*");
        FluentActions.Invoking(() => new DifferentialKinematics(new TwoLinks(), new() { Damping = 0, SpeedLimit = -1, ErrorRate = -1, WellConditioned = -1 }))
            .Should().Throw<ArgumentException>().WithMessage("*Damping 0*WellConditioned -1*ErrorRate -1*SpeedLimit -1*");
    }

    [Fact]
    public void Steps_of_all_controllers_allocate_nothing()
    {
        var links = new TwoLinks();
        var kinematics = new DifferentialKinematics(links, new() { WellConditioned = 0.1 });
        var cartesian = new CartesianImpedance(links, [100], [5]);
        var joint = new JointImpedance(1, [10], [1], new Rod(), [1, 1, 1]);
        var adaptive = new AdaptiveController(new Rod(), new(), 100);
        var cascade = new PidCascade(new() { Proportional = 1 }, new() { Proportional = 1 }, 1, 100);
        double[] q = [0.3, 0.4], v = [0.1, 0.2], target = [1, 1], out2 = new double[2], one = [0.1], out1 = new double[1];
        Play();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Play();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Play()
        {
            kinematics.Step(target, default, q, out2);
            cartesian.Step(target, default, q, v, out2);
            joint.Step(one, default, one, one, out1);
            adaptive.Step(one, one, one, one, one, out1);
            cascade.Step(one, default, one, one, out1);
        }
    }

    // The largest joint velocity (as a length) for a tool velocity of length 1, at a random near-singular posture.
    private static double Fastest(Random random, double damping)
    {
        double direction = random.NextDouble() * 6.28;
        double[] q = [random.NextDouble() * 6.28, Math.Pow(10, -8 * random.NextDouble())], v = new double[2];
        new DifferentialKinematics(new TwoLinks(), new() { Damping = damping, ErrorRate = 0 }).Step([0, 0], [Math.Cos(direction), Math.Sin(direction)], q, v);
        return Math.Sqrt((v[0] * v[0]) + (v[1] * v[1]));
    }
}
