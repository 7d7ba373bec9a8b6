using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging;

namespace BehaviorCloning.Runtime;

public sealed class ActionGuardTests
{
    private const double Rate = 50, Dt = 1 / Rate;

    // What adversaries send: anything, far jumps, tiny ones, limits themselves, and what is no number.
    private static readonly Gen<float> Nasty = Gen.Frequency(
        (4, Gen.Choose(-2000, 2000).Select(i => i / 1000f)),
        (2, Gen.Choose(-1_000_000, 1_000_000).Select(i => (float)i)),
        (1, Gen.Elements(float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 1f, -1f, 0f)));

    private static readonly Arbitrary<float[][]> Sequences = Gen.ArrayOf(Gen.ArrayOf(Nasty, 2), 120).ToArbitrary();

    private static ActionSpec Spec => new("arm", 2) { Minimum = [-1, -2], Maximum = [1, 0.5f] };

    [Property(MaxTest = 300)]
    public Property No_sequence_of_inputs_lets_an_action_out_of_any_limit() => Prop.ForAll(Sequences, Limits.ToArbitrary(), (inputs, limits) =>
    {
        var guard = new ActionGuard(Spec, limits);
        guard.Begin([0, 0]);
        RequireWithin(limits, Drive(guard, inputs));
    });

    [Property(MaxTest = 100)]
    public Property A_workspace_box_holds_too() => Prop.ForAll(Sequences, Limits.ToArbitrary(), (inputs, limits) =>
    {
        // A two-link arm whose tool must stay in a box that cuts through the joint limits.
        static void Tool(ReadOnlySpan<double> q, Span<double> point) => (point[0], point[1]) = (Math.Cos(q[0]) + Math.Cos(q[0] + q[1]), Math.Sin(q[0]) + Math.Sin(q[0] + q[1]));
        limits = limits with { Workspace = new WorkspaceBox([1.2, -0.6], [2.1, 0.6], Tool) };
        var guard = new ActionGuard(Spec, limits);
        guard.Begin([0, 0]);
        List<float[]> sent = Drive(guard, inputs);
        RequireWithin(limits, sent);
        double[] point = new double[2];
        foreach (float[] action in sent)
        {
            Tool([action[0], action[1]], point);
            point[0].Should().BeInRange(1.2 - 1e-6, 2.1 + 1e-6);
            point[1].Should().BeInRange(-0.6 - 1e-6, 0.6 + 1e-6);
        }
    });

    [Fact]
    public void The_property_would_notice_a_guard_that_only_cuts_each_step()
    {
        // Negative control: at full speed before the end stop the acceleration limit and the position limit leave nothing.
        var limits = new GuardOptions { ControlRateHz = Rate, Velocity = [5, 5], Acceleration = [20, 20] };
        List<float[]> cutOnly = [[0, 0]];
        double p = 0, v = 0;
        for (int k = 0; k < 60; k++)
        {
            double next = Math.Clamp(Math.Clamp(Math.Clamp(9, p - (5 * Dt), p + (5 * Dt)), p + v - (20 * Dt * Dt), p + v + (20 * Dt * Dt)), -1, 1);
            (v, p) = (next - p, next);
            cutOnly.Add([(float)p, 0]);
        }

        Action check = () => RequireWithin(limits, cutOnly);
        check.Should().Throw<Xunit.Sdk.XunitException>();
    }

    [Fact]
    public void A_far_target_is_reached_at_the_limits_and_without_overshoot()
    {
        // Position limit 10, speed 2 a step, acceleration 1 a step: the figure of the class.
        var guard = new ActionGuard(new ActionSpec("slide", 1) { Minimum = [0], Maximum = [10] }, new GuardOptions { ControlRateHz = 1, Velocity = [2], Acceleration = [1] });
        guard.Begin([0]);
        float[] sent = new float[1];
        List<float> path = [];
        for (int k = 0; k < 9; k++)
        {
            guard.Filter([10], sent);
            path.Add(sent[0]);
        }

        path.Should().Equal([1, 3, 5, 7, 9, 10, 10, 10, 10], (a, b) => Math.Abs(a - b) < 2e-3);
        guard.IsAtRest.Should().BeTrue();
    }

    [Fact]
    public void What_is_within_limits_passes_unchanged()
    {
        var guard = new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate, Velocity = [1, 1], Acceleration = [50, 50], Jerk = [5000, 5000] });
        guard.Begin([0, 0]);
        float[] sent = new float[2];
        for (int k = 0; k < 100; k++)
        {
            float[] wish = [0.1f * MathF.Sin(k * 0.05f), 0.1f * (1 - MathF.Cos(k * 0.05f))];
            guard.Filter(wish, sent).Should().BeTrue("step {0}", k);
            sent.Should().Equal(wish, (a, b) => Math.Abs(a - b) < 1e-6f);
        }

        guard.Report.Changed.Should().Be(0);
    }

    [Fact]
    public void A_hung_policy_holds_and_then_stops_for_good()
    {
        var guard = new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate, StaleLimit = 3 });
        float[] sent = new float[2];
        guard.Filter([0.5f, 0.25f], sent).Should().BeTrue();
        for (int k = 0; k < 3; k++)
        {
            guard.Hold(sent).Should().BeFalse();
            sent.Should().Equal(0.5f, 0.25f);
            guard.IsStopped.Should().BeFalse();
        }

        guard.Hold(sent);
        guard.IsStopped.Should().BeTrue();
        guard.Filter([0, 0], sent).Should().BeFalse("a stop is latched");
        sent.Should().Equal(0.5f, 0.25f);
        guard.Report[GuardReason.StaleHold].Should().Be(4);
        guard.Report[GuardReason.StaleStop].Should().Be(2);

        guard.Begin([0.5f, 0.25f]);
        guard.Filter([0, 0], sent).Should().BeTrue();
    }

    [Fact]
    public void A_stream_of_NaN_is_as_good_as_none()
    {
        var guard = new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate, StaleLimit = 3 });
        float[] sent = new float[2];
        guard.Filter([0.5f, 0.25f], sent);
        for (int k = 0; k < 4; k++) guard.Filter([float.NaN, 0], sent).Should().BeFalse();
        sent.Should().Equal(0.5f, 0.25f);
        guard.IsStopped.Should().BeTrue();
        guard.Report[GuardReason.NotFinite].Should().Be(4);
    }

    [Fact]
    public void The_emergency_stop_brakes_within_limits_and_is_latched()
    {
        var limits = new GuardOptions { ControlRateHz = Rate, Velocity = [1, 1], Acceleration = [4, 4] };
        var guard = new ActionGuard(Spec, limits);
        guard.Begin([0, 0]);
        List<float[]> sent = [[0, 0]];
        for (int k = 0; k < 60; k++)
        {
            if (k == 20) guard.EmergencyStop();
            float[] action = new float[2];
            guard.Filter([1, 0.5f], action);
            sent.Add(action);
        }

        RequireWithin(limits, sent);
        guard.IsAtRest.Should().BeTrue();
        sent[^1].Should().Equal(sent[^10], "it stands");
        sent[^1][0].Should().BeLessThan(0.9f, "it did not go on to the target");
        guard.Report[GuardReason.EmergencyStop].Should().Be(40);
    }

    [Fact]
    public void Velocity_actions_go_to_zero_while_there_is_none()
    {
        var guard = new ActionGuard(new ActionSpec("wheels", 1), new GuardOptions { ControlRateHz = 10, Velocity = [2], Hold = HoldBehavior.Zero });
        guard.Begin([0]);
        float[] sent = new float[1];
        for (int k = 0; k < 5; k++) guard.Filter([1], sent);
        sent[0].Should().BeApproximately(1, 1e-6f);
        for (int k = 0; k < 5; k++) guard.Hold(sent);
        sent[0].Should().BeApproximately(0, 1e-6f);
    }

    [Fact]
    public void Reasons_are_logged_when_they_begin_to_apply_and_not_at_every_step()
    {
        var log = new ListLogger();
        var guard = new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate }, log);
        float[] sent = new float[2];
        for (int k = 0; k < 5; k++) guard.Filter([3, 0], sent);
        guard.Filter([0, 0], sent);
        guard.Filter([3, 0], sent);
        log.Lines.Should().Equal("The guard steps in: Position, from control step 1 on.", "The guard steps in: Position, from control step 7 on.");
        guard.Report[GuardReason.Position].Should().Be(6);
        guard.Report.ToString().Should().Be("7 steps, 6 changed: Position 6");
    }

    [Fact]
    public void Every_fault_of_its_options_is_told()
    {
        Action bad = () => _ = new ActionGuard(Spec, new GuardOptions { ControlRateHz = 0, Velocity = [1], Jerk = [0, 1], StaleLimit = 0 });
        bad.Should().Throw<ArgumentException>().WithMessage("*ControlRateHz*StaleLimit*Velocity has 1 limits*Jerk*not positive*");
        Action slow = () => _ = new ActionGuard(Spec, new GuardOptions { ControlRateHz = 1000, Velocity = [1, 1], Acceleration = [0.1, 1] });
        slow.Should().Throw<ArgumentException>().WithMessage("*Dimension 0 could take * control steps to stop*");
        Action outside = () => new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate }).Begin([1.5f, 0]);
        outside.Should().Throw<ArgumentException>().WithMessage("*stands at 1.5 in dimension 0*");
        Action unknown = () => new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate, Velocity = [1, 1] }).Filter([0, 0], new float[2]);
        unknown.Should().Throw<InvalidOperationException>().WithMessage("*Call Begin*");
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        var guard = new ActionGuard(Spec, new GuardOptions { ControlRateHz = Rate, Velocity = [1, 1], Acceleration = [4, 4], Jerk = [400, 400] });
        guard.Begin([0, 0]);
        float[] sent = new float[2], wild = [9, float.NaN], far = [9, -9];
        void Steps()
        {
            for (int k = 0; k < 200; k++) guard.Filter(k % 7 == 0 ? wild : far, sent);
        }

        Steps();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Steps();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    private static Gen<GuardOptions> Limits =>
        from velocity in Gen.Elements<double>(0.5, 3, double.PositiveInfinity)
        from acceleration in Gen.Elements<double>(2, 30, double.PositiveInfinity)
        from jerk in Gen.Elements<double>(60, 2000, double.PositiveInfinity)
        from hold in Gen.Elements(HoldBehavior.RepeatLast, HoldBehavior.Zero)
        select new GuardOptions { ControlRateHz = Rate, Velocity = [velocity, 2 * velocity], Acceleration = [acceleration, acceleration], Jerk = [jerk, 3 * jerk], Hold = hold, StaleLimit = 40 };

    private static List<float[]> Drive(ActionGuard guard, float[][] inputs)
    {
        List<float[]> sent = [[0, 0]];
        foreach (float[] input in inputs)
        {
            float[] action = new float[2];
            guard.Filter(input, action);
            sent.Add(action);
        }

        return sent;
    }

    // What was sent are floats: differences of k-th order carry 2^k roundings of 6e-8.
    private static void RequireWithin(GuardOptions limits, List<float[]> sent)
    {
        double dt = 1 / limits.ControlRateHz;
        for (int i = 0; i < 2; i++)
        {
            double[] p = [.. sent.Select(action => (double)action[i])];
            double[] v = [0, .. Enumerable.Range(1, p.Length - 1).Select(k => p[k] - p[k - 1])];
            double[] a = [0, .. Enumerable.Range(1, p.Length - 1).Select(k => v[k] - v[k - 1])];
            for (int k = 1; k < p.Length; k++)
            {
                p[k].Should().BeInRange(Spec.Minimum[i], Spec.Maximum[i]);
                if (limits.Velocity.Count > 0) Math.Abs(v[k]).Should().BeLessThanOrEqualTo((limits.Velocity[i] * dt) + 3e-7, "speed at step {0}", k);
                if (limits.Acceleration.Count > 0) Math.Abs(a[k]).Should().BeLessThanOrEqualTo((limits.Acceleration[i] * dt * dt) + 6e-7, "acceleration at step {0}", k);
                if (limits.Jerk.Count > 0) Math.Abs(a[k] - a[k - 1]).Should().BeLessThanOrEqualTo((limits.Jerk[i] * dt * dt * dt) + 1.2e-6, "jerk at step {0}", k);
            }
        }
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
