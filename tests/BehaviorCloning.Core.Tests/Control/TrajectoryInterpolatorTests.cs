using BehaviorCloning.Control;

namespace BehaviorCloning.Core.Tests.Control;

public sealed class TrajectoryInterpolatorTests
{
    private const int PerKnot = 50;
    private static readonly float[] Knots = [0.3f, -1, 0.9f, -0.5f, 1.1f, 0.4f, 0.2f, 0.6f, -0.4f, 0.1f];

    [Theory]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Cubic)]
    [InlineData(Interpolation.Quintic)]
    public void Every_knot_is_hit_when_it_is_due(Interpolation kind)
    {
        TrajectoryInterpolator curve = Begun(kind);
        curve.Load(Knots);
        for (int knot = 0; knot < Knots.Length / 2; knot++)
        {
            curve.IsDry.Should().BeFalse();
            for (int k = 0; k < PerKnot; k++) curve.Step();
            for (int d = 0; d < 2; d++) curve.Position[d].Should().BeApproximately(Knots[(2 * knot) + d], 1e-9);
        }

        curve.IsDry.Should().BeTrue();
        curve.Step();
        curve.Position.ToArray().Should().Equal(Knots[^2], Knots[^1]);
        curve.Velocity.ToArray().Should().Equal(0, 0);
    }

    [Theory]
    [InlineData(Interpolation.Linear, false, false)]
    [InlineData(Interpolation.Cubic, true, false)]
    [InlineData(Interpolation.Quintic, true, true)]
    public void Velocity_and_acceleration_are_continuous_as_promised_also_into_a_new_chunk(Interpolation kind, bool velocity, bool acceleration)
    {
        TrajectoryInterpolator curve = Begun(kind, perKnot: 2000);
        curve.Load(Knots);
        double jumpV = 0, jumpA = 0, fastest = 0, hardest = 0;
        for (int k = 0; k < 2000 * 5; k++)
        {
            double v = curve.Velocity[0], a = curve.Acceleration[0];
            if (k == 5300) curve.Load([.. Knots.Reverse()]);
            curve.Step();
            jumpV = Math.Max(jumpV, Math.Abs(curve.Velocity[0] - v));
            jumpA = Math.Max(jumpA, Math.Abs(curve.Acceleration[0] - a));
            (fastest, hardest) = (Math.Max(fastest, Math.Abs(v)), Math.Max(hardest, Math.Abs(a)));
        }

        (jumpV < 0.02 * fastest).Should().Be(velocity);
        (jumpA < 0.02 * hardest).Should().Be(acceleration && hardest > 0);
    }

    [Theory]
    [InlineData(Interpolation.Cubic)]
    [InlineData(Interpolation.Quintic)]
    public void Velocity_and_acceleration_are_the_derivatives_of_position(Interpolation kind)
    {
        TrajectoryInterpolator curve = Begun(kind, perKnot: 5000);
        curve.Load(Knots);
        double rate = 5000 * 10;
        double[] p = new double[3], v = new double[3], a = new double[3];
        for (int k = 0; k < 5000 * 5; k++)
        {
            curve.Step();
            (p[k % 3], v[k % 3], a[k % 3]) = (curve.Position[1], curve.Velocity[1], curve.Acceleration[1]);

            // Not across a knot, where the third derivative jumps.
            if (k % 5000 < 3) continue;
            int last = k % 3, middle = (k + 2) % 3, first = (k + 1) % 3;
            v[middle].Should().BeApproximately((p[last] - p[first]) * rate / 2, 1e-3);
            a[middle].Should().BeApproximately((v[last] - v[first]) * rate / 2, 0.2);
        }
    }

    [Theory]
    [InlineData(Interpolation.Cubic)]
    [InlineData(Interpolation.Quintic)]
    public void A_parabola_is_reproduced_between_inner_knots(Interpolation kind)
    {
        TrajectoryInterpolator curve = Begun(kind);
        float[] knots = new float[12];
        for (int i = 0; i < 6; i++) knots[2 * i] = (i + 1) * (i + 1);
        curve.Load(knots);
        for (int k = 1; k <= PerKnot * 5; k++)
        {
            curve.Step();
            double time = (double)k / PerKnot;
            if (time >= 1) curve.Position[0].Should().BeApproximately(time * time, 1e-6);
        }
    }

    [Fact]
    public void Rest_at_the_end_is_reached_if_asked_for()
    {
        var curve = new TrajectoryInterpolator(2, 5, 10, 10 * PerKnot, Interpolation.Quintic) { RestAtEnd = true };
        curve.Begin([0, 0]);
        curve.Load(Knots);
        for (int k = 0; k < PerKnot * 5; k++) curve.Step();
        for (int d = 0; d < 2; d++) curve.Velocity[d].Should().BeApproximately(0, 1e-6);
    }

    [Fact]
    public void Steps_and_loads_allocate_nothing()
    {
        TrajectoryInterpolator curve = Begun(Interpolation.Quintic);
        Play();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Play();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Play()
        {
            for (int k = 0; k < 500; k++)
            {
                if (k % PerKnot == 0) curve.Load(Knots);
                curve.Step();
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var curve = new TrajectoryInterpolator(2, 5, 10, 500, Interpolation.Cubic);
        curve.Invoking(c => c.Load(Knots)).Should().Throw<InvalidOperationException>().WithMessage("*Begin*");
        curve.Begin([0, 0]);
        curve.Invoking(c => c.Load([1])).Should().Throw<ArgumentException>().WithMessage("*1 to 5 knots of 2*");
        curve.Invoking(c => c.Load([0, 0, 0, float.NaN])).Should().Throw<ArgumentException>().WithMessage("*Knot 1, dimension 1*");
        FluentActions.Invoking(() => new TrajectoryInterpolator(1, 1, 50, 20, Interpolation.Cubic)).Should().Throw<ArgumentException>().WithMessage("*no less*");
    }

    private static TrajectoryInterpolator Begun(Interpolation kind, int perKnot = PerKnot)
    {
        var curve = new TrajectoryInterpolator(2, 6, 10, 10 * perKnot, kind);
        curve.Begin([0, 0]);
        return curve;
    }
}
