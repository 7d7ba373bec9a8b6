using BehaviorCloning.Control;

namespace BehaviorCloning.Core.Tests.Control;

public sealed class ImpedanceTests
{
    [Theory]
    [InlineData(30, 0.3)]
    [InlineData(30, 1)]
    [InlineData(300, 2)]
    public void A_joint_steps_as_a_second_order_system_does_and_gravity_is_carried(double stiffness, double ratio)
    {
        const double Inertia = 0.4, Moment = 0.3;
        double[] parameters = [Inertia, 0, Moment], torque = [0];
        var controller = new JointImpedance(1, [stiffness], [JointImpedance.Damping(stiffness, Inertia, ratio)], new Rod(), parameters);
        var plant = new Plant(Inertia, 0, Moment);
        for (int k = 0; k < 10_000; k++)
        {
            plant.Q[0].Should().BeApproximately(SecondOrder.Response(Math.Sqrt(stiffness / Inertia), ratio, plant.Time), 3e-3);
            controller.Step([1], [], plant.Q, plant.V, torque);
            plant.Step(torque[0]);
        }
    }

    [Fact]
    public void Without_a_model_gravity_bends_the_spring()
    {
        var controller = new JointImpedance(1, [20], [8]);
        var plant = new Plant(0.4, 0, 0.3);
        double[] torque = [0];
        for (int k = 0; k < 60_000; k++)
        {
            controller.Step([0], [], plant.Q, plant.V, torque);
            plant.Step(torque[0]);
        }

        (20 * plant.Q[0]).Should().BeApproximately(-0.3 * 9.81 * Math.Cos(plant.Q[0]), 1e-4, "spring and weight are in balance");
    }

    [Fact]
    public void A_target_that_moves_is_followed_without_lag_if_its_velocity_is_given()
    {
        Lag([0.5]).Should().BeApproximately(0, 1e-4);
        Lag([]).Should().BeApproximately(0.5 * 8 / 20, 1e-3, "the damper drags: D v / K");

        static double Lag(double[] velocity)
        {
            var controller = new JointImpedance(1, [20], [8]);
            var plant = new Plant(0.4);
            double[] torque = [0];
            for (int k = 0; k < 60_000; k++)
            {
                controller.Step([0.5 * plant.Time], velocity, plant.Q, plant.V, torque);
                plant.Step(torque[0]);
            }

            return (0.5 * plant.Time) - plant.Q[0];
        }
    }

    [Fact]
    public void Cartesian_torques_do_the_work_of_spring_and_damper()
    {
        // Virtual work: torque times joint velocity is force times tool velocity.
        var links = new TwoLinks();
        var controller = new CartesianImpedance(links, [100, 250], [7], jointDamping: 0.5);
        var random = new Random(3);
        double[] torque = new double[2], point = new double[2], jacobian = new double[4];
        for (int trial = 0; trial < 100; trial++)
        {
            double[] q = [random.NextDouble() * 6, random.NextDouble() * 6], v = [random.NextDouble() - 0.5, random.NextDouble() - 0.5], target = [random.NextDouble(), random.NextDouble()];
            controller.Step(target, [0.1, -0.2], q, v, torque);
            links.Position(q, point);
            links.Jacobian(q, jacobian);
            double vx = (jacobian[0] * v[0]) + (jacobian[1] * v[1]), vy = (jacobian[2] * v[0]) + (jacobian[3] * v[1]);
            double fx = (100 * (target[0] - point[0])) + (7 * (0.1 - vx)), fy = (250 * (target[1] - point[1])) + (7 * (-0.2 - vy));
            double work = (fx * vx) + (fy * vy) - (0.5 * ((v[0] * v[0]) + (v[1] * v[1])));
            ((torque[0] * v[0]) + (torque[1] * v[1])).Should().BeApproximately(work, 1e-9);
        }
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        Action joint = () => _ = new JointImpedance(2, [1, 2, 3], [-1], new Rod(), [1]);
        joint.Should().Throw<ArgumentException>().WithMessage("*stiffness has 3*damping -1*model has 1 joints*3 parameters; got 1*");
        Action cartesian = () => _ = new CartesianImpedance(new TwoLinks(), [0], [1], -1);
        cartesian.Should().Throw<ArgumentException>().WithMessage("*stiffness 0*jointDamping -1*");
    }
}
