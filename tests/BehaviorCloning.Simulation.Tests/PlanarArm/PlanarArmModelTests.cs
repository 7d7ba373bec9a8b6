using BehaviorCloning.Control;

namespace BehaviorCloning.Simulation;

public sealed class PlanarArmModelTests
{
    private static readonly PlanarLink[] Links =
    [
        new() { Length = 0.5, Mass = 1.3, CenterOfMass = 0.2, Inertia = 0.03, Viscous = 0.2, Coulomb = 0.1 },
        new() { Length = 0.4, Mass = 0.8, CenterOfMass = 0.25, Inertia = 0.02, Viscous = 0.1, Coulomb = 0.05 },
    ];

    [Fact]
    public void Two_links_move_as_the_textbook_says()
    {
        // Spong, Hutchinson and Vidyasagar, Robot Modeling and Control, section 6.4, in relative angles.
        var model = new PlanarArmModel(Links);
        var random = new Random(1);
        for (int trial = 0; trial < 50; trial++)
        {
            double[] q = Draw(random, 2, 3), v = Draw(random, 2, 4), a = Draw(random, 2, 10);
            double m1 = 1.3, m2 = 0.8, l1 = 0.5, c1 = 0.2, c2 = 0.25, h = m2 * l1 * c2;
            double d22 = (m2 * c2 * c2) + 0.02, d12 = d22 + (h * Math.Cos(q[1])), d11 = (m1 * c1 * c1) + 0.03 + (m2 * l1 * l1) + d22 + (2 * h * Math.Cos(q[1]));
            double bend = h * Math.Sin(q[1]), g2 = m2 * 9.81 * c2 * Math.Cos(q[0] + q[1]), g1 = (((m1 * c1) + (m2 * l1)) * 9.81 * Math.Cos(q[0])) + g2;
            double t1 = (d11 * a[0]) + (d12 * a[1]) - (bend * ((2 * v[0] * v[1]) + (v[1] * v[1]))) + g1 + (0.2 * v[0]) + (0.1 * Math.Tanh(v[0] / 0.01));
            double t2 = (d12 * a[0]) + (d22 * a[1]) + (bend * v[0] * v[0]) + g2 + (0.1 * v[1]) + (0.05 * Math.Tanh(v[1] / 0.01));
            double[] torque = Inverse(model, q, v, v, a), back = new double[2];
            torque[0].Should().BeApproximately(t1, 1e-9);
            torque[1].Should().BeApproximately(t2, 1e-9);
            model.Accelerations(q, v, torque, back);
            for (int i = 0; i < 2; i++) back[i].Should().BeApproximately(a[i], 1e-8);
            double[] inertias = new double[2];
            model.JointInertias(q, inertias);
            inertias[0].Should().BeApproximately(d11, 1e-12);
            inertias[1].Should().BeApproximately(d22, 1e-12);
        }
    }

    [Fact]
    public void Forward_and_inverse_dynamics_agree_for_four_links()
    {
        var model = new PlanarArmModel([.. Links, .. Links]);
        var random = new Random(2);
        for (int trial = 0; trial < 50; trial++)
        {
            double[] q = Draw(random, 4, 3), v = Draw(random, 4, 4), a = Draw(random, 4, 10), back = new double[4];
            model.Accelerations(q, v, Inverse(model, q, v, v, a), back);
            for (int i = 0; i < 4; i++) back[i].Should().BeApproximately(a[i], 1e-7);
        }
    }

    [Fact]
    public void Mass_rate_minus_twice_Coriolis_is_skew()
    {
        // xᵀ (Ṁ - 2 C) x = 0 for every x, not just for the velocity: what adaptive control rests on.
        var model = new PlanarArmModel([.. Links.Select(link => link with { Viscous = 0, Coulomb = 0 }), Links[0] with { Viscous = 0, Coulomb = 0 }], gravity: 0);
        var random = new Random(3);
        const double Step = 1e-6;
        for (int trial = 0; trial < 20; trial++)
        {
            double[] q = Draw(random, 3, 3), v = Draw(random, 3, 2), x = Draw(random, 3, 1), zero = new double[3];
            double[] ahead = [.. q.Zip(v, (p, s) => p + (Step * s))], behind = [.. q.Zip(v, (p, s) => p - (Step * s))];
            double massRate = (Dot(x, Inverse(model, ahead, zero, zero, x)) - Dot(x, Inverse(model, behind, zero, zero, x))) / (2 * Step);
            massRate.Should().BeApproximately(2 * Dot(x, Inverse(model, q, v, x, zero)), 1e-6);
        }
    }

    [Fact]
    public void The_Jacobian_is_the_derivative_of_the_position()
    {
        var model = new PlanarArmModel([.. Links, Links[0]]);
        double[] q = [0.3, -1.1, 0.7], jacobian = new double[6], a = new double[2], b = new double[2];
        model.Jacobian(q, jacobian);
        for (int i = 0; i < 3; i++)
        {
            double[] ahead = [.. q], behind = [.. q];
            (ahead[i], behind[i]) = (q[i] + 1e-6, q[i] - 1e-6);
            model.Position(ahead, a);
            model.Position(behind, b);
            for (int row = 0; row < 2; row++) jacobian[(row * 3) + i].Should().BeApproximately((a[row] - b[row]) / 2e-6, 1e-8);
        }
    }

    [Fact]
    public void An_arm_of_its_impedance_loses_energy_only()
    {
        // Kinetic energy plus the springs' never grows, whatever the nonlinear dynamics do: the reference that no linear theory gives.
        var model = new PlanarArmModel([.. Links.Select(link => link with { Viscous = 0, Coulomb = 0 })]);
        var joint = new JointImpedance(2, [40], [0.5], model, model.Parameters);
        var tool = new CartesianImpedance(model, [200], [4], 0, model, model.Parameters);
        Falls((q, v, torque) => joint.Step([0.5, 0.7], default, q, v, torque), q => 20 * (Math.Pow(q[0] - 0.5, 2) + Math.Pow(q[1] - 0.7, 2))).Should().BeLessThan(0.05);
        Falls((q, v, torque) => tool.Step([0.4, 0.3], default, q, v, torque), q =>
        {
            double[] point = new double[2];
            model.Position(q, point);
            return 100 * (Math.Pow(point[0] - 0.4, 2) + Math.Pow(point[1] - 0.3, 2));
        }).Should().BeLessThan(0.05);

        double Falls(Action<double[], double[], double[]> controller, Func<double[], double> spring)
        {
            var weightless = new PlanarArmModel([.. Links.Select(link => link with { Viscous = 0, Coulomb = 0 })], gravity: 0);
            double[] q = [-0.8, 1.6], v = [0, 0], torque = new double[2], a = new double[2];
            double first = spring(q), before = double.PositiveInfinity;
            for (int k = 0; k < 30_000; k++)
            {
                double energy = weightless.Energy(q, v) + spring(q);
                energy.Should().BeLessThanOrEqualTo(before + (1e-5 * first));
                before = energy;
                controller(q, v, torque);
                model.Accelerations(q, v, torque, a);
                for (int i = 0; i < 2; i++) q[i] += 2e-4 * (v[i] += 2e-4 * a[i]);
            }

            return before / first;
        }
    }

    [Fact]
    public void Adaptive_control_learns_the_arm_on_an_exciting_trajectory_only()
    {
        Learn(t => [Math.Sin(2.1 * t) + (0.6 * Math.Sin(5.3 * t)), (0.9 * Math.Sin(3.2 * t)) + (0.5 * Math.Cos(7.1 * t))]).Should().BeLessThan(0.05);
        Learn(_ => [0.5, 0.7]).Should().BeGreaterThan(0.2, "standing still tells of the weight alone");
    }

    // The largest error of an inertial or viscous parameter after 60 s, as a share of the largest of them.
    private static double Learn(Func<double, double[]> wanted)
    {
        const double Dt = 0.001, H = 1e-4;
        var model = new PlanarArmModel([.. Links.Select(link => link with { Coulomb = 0 })]);
        var controller = new AdaptiveController(model, new AdaptiveOptions { ErrorRate = [6], Feedback = [6], Adaptation = [2, 2, 2, 2, 2, 2, 0, 0] }, 1 / Dt);
        double[] q = wanted(0), v = [0, 0], torque = new double[2], a = new double[2];
        double late = 0;
        for (int k = 0; k < 60_000; k++)
        {
            double t = k * Dt;
            double[] now = wanted(t), next = wanted(t + H), before = wanted(t - H);
            double[] velocity = [.. next.Zip(before, (x, y) => (x - y) / (2 * H))], acceleration = [.. now.Select((x, i) => (next[i] - (2 * x) + before[i]) / (H * H))];
            controller.Step(now, velocity, acceleration, q, v, torque);
            model.Accelerations(q, v, torque, a);
            for (int i = 0; i < 2; i++) q[i] += Dt * (v[i] += Dt * a[i]);
            if (t > 50) late = Math.Max(late, Math.Abs(q[0] - now[0]) + Math.Abs(q[1] - now[1]));
        }

        late.Should().BeLessThan(0.02, "it tracks in either case");
        double largest = model.Parameters.Take(6).Max(), worst = 0;
        for (int k = 0; k < 6; k++) worst = Math.Max(worst, Math.Abs(controller.Estimates[k] - model.Parameters[k]));
        return worst / largest;
    }

    private static double[] Inverse(PlanarArmModel model, double[] q, double[] v, double[] reference, double[] acceleration)
    {
        int p = model.ParameterCount;
        double[] regressor = new double[q.Length * p];
        model.Regressor(q, v, reference, acceleration, regressor);
        return [.. Enumerable.Range(0, q.Length).Select(i => Enumerable.Range(0, p).Sum(k => regressor[(i * p) + k] * model.Parameters[k]))];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Draw(Random random, int count, double size) => [.. Enumerable.Range(0, count).Select(_ => size * ((2 * random.NextDouble()) - 1))];
}
