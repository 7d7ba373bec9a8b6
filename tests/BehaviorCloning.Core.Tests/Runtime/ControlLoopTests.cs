using System.Diagnostics.Metrics;

namespace BehaviorCloning.Runtime;

public sealed class ControlLoopTests
{
    private readonly StepTime time = new();

    [Fact]
    public void Steps_begin_at_absolute_deadlines()
    {
        var robot = new TimedRobot(time) { WorkTime = _ => TimeSpan.FromMilliseconds(3) };
        ControlLoopReport report = Loop(robot, new() { RateHz = 50, StepLimit = 5, Spin = TimeSpan.Zero }).Run();
        robot.ObservedAt.Should().Equal([0, 0, 20, 40, 60, 80], "the first observation is the beginning's, and 3 ms of work shift nothing");
        (report.Reason, report.Steps, report.Misses, report.StarvedSteps).Should().Be((StopReason.StepLimit, 5, 0, 0));
    }

    [Fact]
    public void A_step_that_runs_over_deadlines_takes_the_newest_late_and_misses_the_others()
    {
        var robot = new TimedRobot(time) { WorkTime = step => TimeSpan.FromMilliseconds(step == 1 ? 50 : 1) };
        ControlLoopReport report = Loop(robot, new() { RateHz = 50, StepLimit = 4, Spin = TimeSpan.Zero, ColdSteps = 0 }).Run();
        // Deadlines 0, 20, [40 missed], 60, 80: step 1 works from 20 to 70.
        robot.ObservedAt.Should().Equal(0, 0, 20, 70, 80);
        report.Misses.Should().Be(1);
        report.Lateness.Longest.Should().Be(TimeSpan.FromMilliseconds(10));
        report.Work.Longest.Should().Be(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Cold_steps_are_kept_apart()
    {
        var robot = new TimedRobot(time) { WorkTime = step => TimeSpan.FromMilliseconds(step == 0 ? 30 : 1) };
        ControlLoopReport report = Loop(robot, new() { RateHz = 50, StepLimit = 10, ColdSteps = 2, Spin = TimeSpan.Zero }).Run();
        report.ColdLateness.Should().Be(TimeSpan.FromMilliseconds(10));
        report.Lateness.Count.Should().Be(8);
        report.Lateness.Longest.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_condition_ends_it()
    {
        var robot = new TimedRobot(time);
        ControlLoopReport report = Loop(robot, new() { RateHz = 50, Spin = TimeSpan.Zero, StopWhen = (observation, _) => observation["step"].Span[0] >= 7 }).Run();
        report.Reason.Should().Be(StopReason.Condition);
        robot.ObservedAt.Should().HaveCount(8);
    }

    [Fact]
    public void Cancelling_brings_the_robot_to_rest_within_its_limits()
    {
        using var cancel = new CancellationTokenSource();
        var robot = new TimedRobot(time) { OnSend = step => Cancel(step) };
        void Cancel(int step)
        {
            if (step == 20) cancel.Cancel();
        }

        var guard = new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = 50, Velocity = [1], Acceleration = [5] });
        var loop = new ControlLoop(robot, new ConstantExecutor(robot, 10), new() { RateHz = 50, Spin = TimeSpan.Zero, Start = _ => [0] }, guard, time);
        ControlLoopReport report = loop.Run(cancel.Token);
        report.Reason.Should().Be(StopReason.Cancelled);
        guard.IsAtRest.Should().BeTrue();
        float[] last = [.. robot.Sent.TakeLast(3)];
        (last[2] - last[1]).Should().BeLessThan(0.003f, "it slowed down");
        report.Steps.Should().BeGreaterThan(25, "braking from 1 unit/s at 5 units/s² takes ten steps");
    }

    [Fact]
    public void A_starving_executor_holds_the_robot_and_then_stops_it()
    {
        var robot = new TimedRobot(time);
        var guard = new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = 50, StaleLimit = 4 });
        var executor = new ConstantExecutor(robot, 0.5f) { HasAction = step => step < 3 };
        ControlLoopReport report = new ControlLoop(robot, executor, new() { RateHz = 50, Spin = TimeSpan.Zero }, guard, time).Run();
        report.Reason.Should().Be(StopReason.Guard);
        report.StarvedSteps.Should().Be(5);
        robot.Sent.Should().HaveCount(8).And.OnlyContain(sent => sent == 0.5f);
    }

    [Fact]
    public void An_executor_that_throws_starves_the_robot_and_is_reported()
    {
        var robot = new TimedRobot(time);
        var executor = new ConstantExecutor(robot, 0.5f) { HasAction = step => step != 3 ? true : throw new InvalidOperationException("out of memory") };
        ControlLoopReport report = new ControlLoop(robot, executor, new() { RateHz = 50, StepLimit = 6, Spin = TimeSpan.Zero }, time: time).Run();
        (report.FailedSteps, report.StarvedSteps, report.Error!.Message).Should().Be((1, 1, "out of memory"));
        robot.Sent.Should().HaveCount(6);
    }

    [Fact]
    public void There_is_always_a_guard()
    {
        var robot = new TimedRobot(time);
        var loop = new ControlLoop(robot, new ConstantExecutor(robot, float.NaN) { HasAction = step => true }, new() { RateHz = 50, Spin = TimeSpan.Zero }, time: time);
        loop.Run().Reason.Should().Be(StopReason.Guard);
        robot.Sent.Should().OnlyContain(sent => float.IsFinite(sent));
    }

    [Fact]
    public void A_robot_that_fails_ends_it_at_once()
    {
        var robot = new TimedRobot(time) { OnSend = step => throw new IOException("cable") };
        ControlLoopReport report = Loop(robot, new() { RateHz = 50, Spin = TimeSpan.Zero }).Run();
        (report.Reason, report.Steps, report.Error!.Message).Should().Be((StopReason.RobotFailed, 1, "cable"));
    }

    [Fact]
    public void A_step_allocates_no_managed_byte()
    {
        var robot = new TimedRobot(time) { Quiet = true };
        ControlLoopReport report = Loop(robot, new() { RateHz = 1000, StepLimit = 2000, Spin = TimeSpan.Zero }).Run();
        report.Steps.Should().Be(2000);
        report.AllocatedBytes.Should().Be(0);
    }

    [Fact]
    public void Misses_and_lateness_are_metrics()
    {
        long misses = 0;
        int recorded = 0;
        using var listener = new MeterListener();
        int thread = 0;
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == RuntimeMetrics.MeterName) l.EnableMeasurementEvents(instrument);
        };
        // Other tests run beside this one: only what this loop's thread reports counts.
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => misses += Environment.CurrentManagedThreadId == thread && instrument.Name == "behavior_cloning.control.misses" ? value : 0);
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => recorded += Environment.CurrentManagedThreadId == thread && instrument.Name == "behavior_cloning.control.lateness" ? 1 : 0);
        listener.Start();
        var robot = new TimedRobot(time) { WorkTime = step => TimeSpan.FromMilliseconds(step == 1 ? 50 : 1), OnSend = _ => thread = Environment.CurrentManagedThreadId };
        Loop(robot, new() { RateHz = 50, StepLimit = 4, Spin = TimeSpan.Zero }).Run();
        misses.Should().Be(1);
        recorded.Should().Be(4);
    }

    [Fact]
    public void Every_fault_is_told_before_anything_moves()
    {
        var robot = new TimedRobot(time);
        Action bad = () => _ = new ControlLoop(robot, new ConstantExecutor(robot, 0) { Dimension = 3 }, new() { RateHz = 0, StepLimit = 0, Spin = TimeSpan.FromSeconds(1) });
        bad.Should().Throw<ArgumentException>().WithMessage("*RateHz 0*StepLimit 0*Spin*have 3 values*");
    }

    private ControlLoop Loop(TimedRobot robot, ControlLoopOptions options) => new(robot, new ConstantExecutor(robot, 0.5f), options, time: time);

    /// <summary>Writes down when it was observed, in milliseconds; a step's work moves the clock.</summary>
    private sealed class TimedRobot(StepTime time) : IRobot
    {
        private readonly Observation quiet = NumberedPolicy.At(0);
        private int observed;

        public ObservationSpec Observations { get; } = new(new FeatureSpec("step", 1));

        public ActionSpec Actions { get; } = new("slide", 1);

        public Func<int, TimeSpan> WorkTime { get; init; } = _ => TimeSpan.Zero;

        public Action<int> OnSend { get; init; } = _ => { };

        public bool Quiet { get; init; }

        public List<double> ObservedAt { get; } = [];

        public List<float> Sent { get; } = [];

        public Observation Observe()
        {
            if (Quiet) return quiet;
            ObservedAt.Add(TimeSpan.FromTicks(time.GetTimestamp()).TotalMilliseconds);
            return NumberedPolicy.At(observed++);
        }

        public void Send(ReadOnlySpan<float> action)
        {
            if (Quiet) return;
            OnSend(Sent.Count);
            time.Advance(WorkTime(Sent.Count));
            Sent.Add(action[0]);
        }
    }

    private sealed class ConstantExecutor(IRobot robot, float value) : IActionExecutor
    {
        private int step;

        public int Dimension { get; init; } = 1;

        public Func<int, bool> HasAction { get; init; } = _ => true;

        public ObservationSpec Observations => robot.Observations;

        public ActionSpec Actions => new("slide", Dimension);

        public int QueueDepth => 3;

        public void Begin(Observation observation) => step = 0;

        public bool TryAct(Observation observation, Span<float> action)
        {
            if (!HasAction(step++)) return false;
            action[0] = value;
            return true;
        }

        public void Dispose()
        {
        }
    }
}
