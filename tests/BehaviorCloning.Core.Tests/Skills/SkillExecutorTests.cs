using BehaviorCloning.Runtime;
using FsCheck.Xunit;

namespace BehaviorCloning.Skills;

public sealed class SkillExecutorTests
{
    private const string Goal = "Put the cup on the shelf.";

    private static readonly Dictionary<string, SkillState> States = new()
    {
        ["approach"] = new("go_to_cup", (outcome, _) => outcome == SkillOutcome.Done ? "take" : null),
        ["take"] = new("grasp", (_, _) => "carry"),
        ["carry"] = new("go_to_shelf", (outcome, _) => outcome == SkillOutcome.Done ? "put" : null),
        ["put"] = new("release", (_, _) => null),
    };

    private readonly AskedPlanner planner = new();
    private readonly float[] action = [7, 7];

    private static SkillLibrary Library { get; } = new(
    [
        .. Shelf.Library,
        Skill.Of("breaks", "Acts twice and then throws.", Shelf.ActionSpec, () =>
        {
            int steps = 0;
            return _ => steps++ < 2 ? [0.05f, 0] : throw new InvalidOperationException("lost");
        }),
        Skill.Of("sway", "Executes chunks.", new Swaying()) with { StepLimit = 6 },
    ]);

    [Fact]
    public async Task The_loop_goes_on_while_the_planner_thinks_and_acts_at_the_first_step_after()
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal);
        executor.Begin(At(0));
        for (int step = 0; step < 5; step++) executor.TryAct(At(0), action).Should().BeFalse();
        action.Should().Equal([7, 7], "without an action there is none, not an old or an empty one");
        planner.Choose(0, "wait");
        await executor.Thinking;
        executor.TryAct(At(0), action).Should().BeTrue();
        action.Should().Equal(0, 0);
        (executor.Current, executor.Past.Count, executor.Report).Should().Be(("wait", 0, null));

        executor.TryAct(At(0), action).Should().BeTrue();
        executor.TryAct(At(0.5f), action).Should().BeFalse("its two steps are over, and the planner thinks");
        (executor.Current, executor.QueueDepth).Should().Be((null, 0));
        executor.Past.Should().BeEquivalentTo([new SkillRecord("wait", SkillOutcome.TimedOut, 2, new SkillChoice("wait", "answer 0"), null)]);
        planner.Choose(1, null);
        await executor.Thinking;
        executor.TryAct(At(0.5f), action).Should().BeFalse();
        executor.Report.Should().BeEquivalentTo(new PlanReport(PlanEnd.Finished, executor.Past, 8, "answer 1"), "five steps of waiting, two of the skill, one of waiting");
        planner.Asked.Select(asked => asked.Situation).Should().SatisfyRespectively(
            first => (first.Goal, first.Past.Count).Should().Be((Goal, 0)),
            second => (second.Past.Count, second.Observation["x"].Span[0]).Should().Be((1, 0.5f)));
    }

    [Property(MaxTest = 200)]
    public void It_runs_the_same_skills_and_actions_as_a_simulation_does(int seed)
    {
        Random random = new(seed);
        string?[] names = [.. Library.Select(skill => skill.Name)], ends = [null, "dance", "throw"];
        string?[] solved = ["go_to_cup", "grasp", "go_to_shelf", "release"];
        string?[] plan = random.Next(4) == 0 ? solved : [.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.Next(10) == 0 ? ends[random.Next(3)] : names[random.Next(names.Length)])];
        int most = 1 + random.Next(8), limit = random.Next(3) == 0 ? 1 + random.Next(60) : 10_000;

        Recorded simulated = new(new Shelf { StepLimit = limit }), driven = new(new Shelf { StepLimit = limit });
        PlanReport expected = new SkillRunner(Library, new ListedPlanner(plan)) { MostSkills = most }.RunAsync(simulated, 0, Goal).GetAwaiter().GetResult();
        using SkillExecutor executor = new(Library, new ListedPlanner(plan), Goal) { MostSkills = most };
        bool over = Drive(executor, driven);

        driven.Actions.Should().Equal(simulated.Actions);
        over.Should().Be(expected.End is PlanEnd.Solved or PlanEnd.EpisodeOver);
        // What only the world knows ends the simulation; the executor is still at the skill that was interrupted.
        executor.Past.Select(Told).Should().Equal(expected.Skills.SkipLast(over ? 1 : 0).Select(Told));
        if (over) executor.Current.Should().Be(expected.Skills[^1].Skill);
        else (executor.Report!.End, executor.Report.Reason, executor.Report.Skills.Count).Should().Be((expected.End, expected.Reason, expected.Skills.Count));

        static (string, SkillOutcome, int, string, string?) Told(SkillRecord record) => (record.Skill, record.Outcome, record.Steps, record.Choice.Reason, record.Fault);
    }

    [Fact]
    public async Task A_choice_is_checked_against_what_is_observed_when_it_is_taken_up()
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal);
        executor.Begin(At(1));
        planner.Choose(0, "grasp");
        await executor.Thinking;
        executor.TryAct(At(0), action).Should().BeFalse("the cart was pushed away while the planner thought");
        (executor.Report!.End, executor.Report.Reason).Should().Be((PlanEnd.Refused, "'grasp' may not start: the cup is out of reach"));

        AskedPlanner other = new();
        using SkillExecutor lucky = new(Shelf.Library, other, Goal);
        lucky.Begin(At(0));
        other.Choose(0, "grasp");
        await lucky.Thinking;
        lucky.TryAct(At(1), action).Should().BeTrue("it may start now, whatever was observed when it was chosen");
    }

    [Theory]
    [InlineData("dance", PlanEnd.Refused, "no skill 'dance'")]
    [InlineData("throw", PlanEnd.Refused, "InvalidOperationException: no idea")]
    [InlineData("late", PlanEnd.Refused, "TaskCanceledException")]
    [InlineData("nothing", PlanEnd.Refused, "gave no choice")]
    [InlineData("finish", PlanEnd.Finished, "enough")]
    [InlineData("fallback", PlanEnd.NoAnswer, "no answer")]
    public async Task A_plan_that_is_over_gives_no_action_any_more_and_says_why(string answer, PlanEnd end, string why)
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal) { Waiting = "wait" };
        executor.Begin(At(0));
        executor.TryAct(At(0), action).Should().BeTrue("the waiting skill acts");
        if (answer == "throw") planner.Answer(0).SetException(new InvalidOperationException("no idea"));
        else if (answer == "late") planner.Answer(0).SetCanceled();
        else planner.Answer(0).SetResult(answer switch { "dance" => new("dance", ""), "nothing" => null!, "finish" => new(null, "enough"), _ => new(null, "no answer could be accepted") { IsFallback = true } });
        await executor.Thinking;
        action.AsSpan().Fill(7);
        for (int step = 0; step < 3; step++) executor.TryAct(At(0), action).Should().BeFalse();
        action.Should().Equal([7, 7], "the waiting skill has nothing to wait for");
        (executor.Report!.End, executor.Report.Steps, planner.Asked.Count).Should().Be((end, 1, 1));
        executor.Report.Reason.Should().Contain(why);
    }

    [Fact]
    public void A_plan_ends_after_so_many_skills_without_another_question()
    {
        ListedPlanner always = new("wait");
        using SkillExecutor executor = new(Shelf.Library, always, Goal) { MostSkills = 3 };
        Drive(executor, new(new Shelf()));
        (executor.Report!.End, executor.Report.Skills.Count, executor.Report.Reason).Should().Be((PlanEnd.TooManySkills, 3, "3 skills ran"));
        executor.Report.Steps.Should().Be((3 * 2) + 2, "each of the three took two steps, and between them one was spent waiting");
    }

    [Fact]
    public async Task The_waiting_skill_acts_while_the_planner_thinks_and_begins_anew_each_time()
    {
        SkillLibrary library = new(
            Skill.Of("creep", "Goes slower and slower.", Shelf.ActionSpec, () =>
            {
                float speed = 4;
                return _ => [speed--, 0];
            }) with { StepLimit = 3, MayStart = seen => seen["x"].Span[0] < 5 ? null : "too far" },
            Skill.Of("jump", "Jumps.", Shelf.ActionSpec, () => _ => [100, 0]) with { StepLimit = 1 });
        using SkillExecutor executor = new(library, planner, Goal) { Waiting = "creep" };
        executor.Begin(At(9));
        Step(9).Should().Be(null, "it may not start here");
        Step(0).Should().Be(4);
        Step(9).Should().Be(3, "a precondition is for the beginning");
        planner.Choose(0, "jump");
        await executor.Thinking;
        Step(0).Should().Be(100);
        Steps(5).Should().Equal(4, 3, 2, null, null);
        planner.Choose(1, "creep");
        await executor.Thinking;
        Steps(4).Should().Equal([4, 3, 2, 4], "as a skill of the plan it knows nothing of the waiting before and after");
        executor.Past.Select(skill => (skill.Skill, skill.Steps)).Should().Equal(("jump", 1), ("creep", 3));

        float?[] Steps(int count) => [.. Enumerable.Range(0, count).Select(_ => Step(0))];
        float? Step(float x) => executor.TryAct(At(x), action) ? action[0] : null;
    }

    [Fact]
    public void A_waiting_skill_that_fails_is_told_once_and_then_the_robot_holds()
    {
        using SkillExecutor executor = new(Library, planner, Goal) { Waiting = "breaks" };
        executor.Begin(At(0));
        for (int step = 0; step < 2; step++) executor.TryAct(At(0), action).Should().BeTrue();
        executor.Invoking(e => e.TryAct(At(0), action)).Should().Throw<InvalidOperationException>().WithMessage("*waiting skill 'breaks' failed*lost*");
        executor.TryAct(At(0), action).Should().BeFalse();
        executor.Report.Should().BeNull("the plan is not over for that");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_of_an_earlier_episode_is_not_taken_up(bool beforeTheNew)
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal);
        executor.Begin(At(0));
        Task earlier = executor.Thinking;
        await planner.Question(0);
        executor.Begin(At(0));
        await planner.Question(1);
        if (beforeTheNew)
        {
            planner.Choose(0, "go_to_shelf");
            await earlier;
            executor.TryAct(At(0), action).Should().BeFalse("this episode's question is not answered");
        }

        planner.Choose(1, "go_to_cup");
        await executor.Thinking;
        executor.TryAct(At(0), action).Should().BeTrue();
        executor.Current.Should().Be("go_to_cup");
        if (!beforeTheNew)
        {
            planner.Choose(0, "go_to_shelf");
            await earlier;
            executor.TryAct(At(0), action).Should().BeTrue();
            executor.Current.Should().Be("go_to_cup");
        }
    }

    [Fact]
    public async Task An_episode_begins_with_nothing_of_the_last_one()
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal) { MostSkills = 1 };
        foreach (int episode in new[] { 0, 1 })
        {
            executor.Begin(At(0));
            (executor.Past.Count, executor.Current, executor.Report).Should().Be((0, null, null));
            planner.Choose(episode, "wait");
            await executor.Thinking;
            while (executor.TryAct(At(0), action)) executor.Current.Should().Be("wait");
            (executor.Report!.End, executor.Report.Steps).Should().Be((PlanEnd.TooManySkills, 2));
        }
    }

    [Fact]
    public async Task Beginning_and_disposing_cancel_the_question()
    {
        SkillExecutor executor = new(Shelf.Library, planner, Goal);
        executor.Begin(At(0));
        await planner.Question(0);
        executor.Begin(At(0));
        await planner.Question(1);
        planner.Asked.Select(asked => asked.Token.IsCancellationRequested).Should().Equal(true, false);
        executor.Dispose();
        executor.Dispose();
        planner.Asked.Should().OnlyContain(asked => asked.Token.IsCancellationRequested);
        executor.TryAct(At(0), action).Should().BeFalse();
        executor.Invoking(e => e.Begin(At(0))).Should().Throw<ObjectDisposedException>();
    }

    // Each of these would hang, not fail, if the executor waited for the planner.
    [Theory]
    [InlineData("blocks its thread")]
    [InlineData("blocks when cancelled")]
    [InlineData("never answers")]
    public async Task A_planner_that_hangs_blocks_nothing(string how)
    {
        using ManualResetEventSlim release = new();
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously), left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AskedPlanner hung = new()
        {
            OnAsked = (question, token) =>
            {
                if (question > 0) return;
                if (how == "blocks when cancelled") token.Register(Block);
                hangs.SetResult();
                if (how == "blocks its thread") Block();
            },
        };
        SkillExecutor executor = new(Shelf.Library, hung, Goal);
        executor.Begin(At(0));
        await hangs.Task;
        executor.TryAct(At(0), action).Should().BeFalse();
        executor.Begin(At(0));
        hung.Choose(1, "wait");
        await executor.Thinking;
        executor.TryAct(At(0), action).Should().BeTrue("the next episode has a question of its own");
        executor.Dispose();
        release.Set();
        if (how != "never answers") await left.Task;

        void Block()
        {
            release.Wait();
            left.SetResult();
        }
    }

    [Fact]
    public async Task A_cancelled_question_leaves_no_trace_in_a_written_plan()
    {
        SkillStateMachine written = new("first", new Dictionary<string, SkillState> { ["first"] = new("wait", (_, _) => "second"), ["second"] = new("release", (_, _) => null) });
        SkillSituation beginning = new(Goal, At(0), []), later = beginning with { Past = [new("wait", SkillOutcome.TimedOut, 2, new("wait", ""), null)] };
        await written.ChooseAsync(beginning);
        await FluentActions.Awaiting(async () => await written.ChooseAsync(later, new CancellationToken(true))).Should().ThrowAsync<OperationCanceledException>();
        (await written.ChooseAsync(later)).Skill.Should().Be("release");
    }

    [Fact]
    public void A_robot_carries_out_a_written_plan_under_the_loop_and_its_guard()
    {
        using SkillExecutor executor = new(Shelf.Library, new SkillStateMachine("approach", States), Goal);
        ShelfRobot robot = new() { BeforeObserving = () => executor.Thinking.Wait() };
        ControlLoopReport report = Loop(robot, executor, o => executor.Report is not null).Run();

        (report.Reason, report.FailedSteps).Should().Be((StopReason.Condition, 0), report.ToString());
        (executor.Report!.End, robot.Solved).Should().Be((PlanEnd.Finished, true), executor.Report.Reason);
        executor.Report.Skills.Select(skill => (skill.Skill, skill.Outcome)).Should().Equal(new[] { "go_to_cup", "grasp", "go_to_shelf", "release" }.Select(name => (name, SkillOutcome.Done)));
        report.StarvedSteps.Should().Be(5, "once after each skill while the planner thinks, and once when the plan is over");
        (report.Guard[GuardReason.StaleHold], report.Guard.Changed).Should().Be((5, 5), "the guard held then, and had nothing else to do");
        executor.Report.Steps.Should().Be(executor.Report.Skills.Sum(skill => skill.Steps) + 4);
    }

    [Fact]
    public void However_long_the_planner_takes_a_waiting_robot_does_the_same()
    {
        // Nobody waits for the planner here: how many steps it takes is the threads' affair, and no two runs are alike.
        SkillLibrary library = new(Shelf.Library.Select(skill => skill.Name == "wait" ? skill with { StepLimit = int.MaxValue } : skill));
        using SkillExecutor executor = new(library, new Dawdling(new SkillStateMachine("approach", States)), Goal) { Waiting = "wait" };
        for (int episode = 0; episode < 20; episode++)
        {
            ShelfRobot robot = new();
            ControlLoopReport report = Loop(robot, executor, _ => executor.Report is not null, null).Run();
            (report.Reason, report.FailedSteps, robot.Solved).Should().Be((StopReason.Condition, 0, true), executor.Report?.Reason ?? report.ToString());
            executor.Report!.Skills.Select(skill => skill.Skill).Should().Equal("go_to_cup", "grasp", "go_to_shelf", "release");
            robot.Sent.Where(sent => sent != 0).Sum(Math.Abs).Should().BeApproximately(3, 0.05f, "one to the cup, two to the shelf, and nothing while it waits");
        }
    }

    [Theory]
    [InlineData(null, StopReason.Guard)]
    [InlineData("wait", StopReason.StepLimit)]
    public void While_a_planner_thinks_too_long_the_guard_stops_the_robot_unless_a_skill_waits(string? waiting, StopReason reason)
    {
        SkillLibrary library = new(Shelf.Library.Select(skill => skill with { StepLimit = 1000 }));
        using SkillExecutor executor = new(library, planner, Goal) { Waiting = waiting };
        ShelfRobot robot = new();
        ControlLoopReport report = Loop(robot, executor, _ => false).Run();
        report.Reason.Should().Be(reason);
        report.StarvedSteps.Should().Be(waiting is null ? 11 : 0, "the guard bears ten");
        executor.Report.Should().BeNull();
    }

    [Fact]
    public void What_a_skill_asks_for_goes_through_the_guard()
    {
        SkillLibrary library = new(Skill.Of("leap", "Leaps.", Shelf.ActionSpec, () => _ => [1000, 0]));
        using SkillExecutor executor = new(library, new ListedPlanner("leap"), Goal);
        ShelfRobot robot = new() { BeforeObserving = () => executor.Thinking.Wait() };
        ControlLoopReport report = Loop(robot, executor, _ => false).Run();
        report.Guard.Changed.Should().BePositive();
        robot.Sent.Should().NotBeEmpty().And.OnlyContain(sent => Math.Abs(sent) <= ShelfRobot.Fastest);
    }

    [Fact]
    public void A_robot_that_does_not_observe_what_a_skill_needs_is_refused()
    {
        SkillLibrary library = new(Shelf.Library.Select(skill => skill with { Observations = new(new FeatureSpec("x", 1), new FeatureSpec("scale", 2)) }));
        using SkillExecutor executor = new(library, planner, Goal);
        FluentActions.Invoking(() => Loop(new ShelfRobot(), executor, _ => false)).Should().Throw<ArgumentException>().WithMessage("*must see scale*");
    }

    [Fact]
    public void What_cannot_work_is_refused_at_once()
    {
        using SkillExecutor executor = new(Shelf.Library, planner, Goal);
        executor.Invoking(e => e.TryAct(At(0), action)).Should().Throw<InvalidOperationException>().WithMessage("*Begin*");
        (executor.Past.Count, executor.Current, executor.Report).Should().Be((0, null, null));
        FluentActions.Invoking(() => new SkillExecutor(Shelf.Library, planner, Goal) { Waiting = "nap" }).Should().Throw<ArgumentException>().WithMessage("*'nap'*go_to_cup*");
    }

    // Steps the world whenever there is an action, with a planner that is there before the next step; whether the world ended it.
    private static bool Drive(SkillExecutor executor, Recorded world)
    {
        Observation observation = world.Reset(0);
        float[] action = new float[2];
        executor.Begin(observation);
        for (int steps = 0; steps < world.StepLimit;)
        {
            executor.Thinking.Wait();
            if (!executor.TryAct(observation, action))
            {
                if (executor.Report is not null) return false;
                continue;
            }

            StepResult result = world.Step(action);
            observation = result.Observation;
            steps++;
            if (result.Success || result.Terminated) return true;
        }

        return true;
    }

    private static ControlLoop Loop(ShelfRobot robot, SkillExecutor executor, Func<Observation, bool> stop, long? stepLimit = 500) =>
        new(robot, executor, new() { RateHz = 50, StepLimit = stepLimit, Spin = TimeSpan.Zero, StopWhen = (observation, _) => stop(observation) }, new ActionGuard(robot.Actions, new GuardOptions { ControlRateHz = 50, Hold = HoldBehavior.Zero }), new StepTime());

    private static Observation At(float x) => new() { ["x"] = new[] { x }, ["holds"] = new float[] { 0 } };

    /// <summary>Lets others go first, now and then, before it answers.</summary>
    private sealed class Dawdling(ISkillPlanner planner) : ISkillPlanner
    {
        public async ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default)
        {
            for (int i = Random.Shared.Next(10); i > 0; i--) await Task.Yield();
            return await planner.ChooseAsync(situation, cancellationToken);
        }
    }

    /// <summary>Chunks that follow from the last two observations, so that it matters which were seen.</summary>
    private sealed class Swaying : IPolicy
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("x", 1));

        public ActionSpec Actions => Shelf.ActionSpec;

        public Horizons Horizons { get; } = new() { Observation = 2, Prediction = 4, Execution = 2 };

        public ActionChunk Predict(ObservationHistory history)
        {
            float last = history.Newest["x"].Span[0], before = history[0]["x"].Span[0];
            return new([0.01f - (last / 10), 0, last - before, -1, 0, 0, 0, 0], 2);
        }
    }

    /// <summary>The shelf's world as a robot: it moves when it is sent something.</summary>
    private sealed class ShelfRobot : IRobot
    {
        public const float Fastest = 0.1f;

        private readonly Shelf shelf = new();
        private Observation seen;

        public ShelfRobot() => seen = shelf.Reset(0);

        public ObservationSpec Observations => shelf.Observations;

        public ActionSpec Actions { get; } = new("cart", 2) { Minimum = [-Fastest, -1], Maximum = [Fastest, 1] };

        public Action BeforeObserving { get; init; } = () => { };

        public bool Solved { get; private set; }

        public List<float> Sent { get; } = [];

        public Observation Observe()
        {
            BeforeObserving();
            return seen;
        }

        public void Send(ReadOnlySpan<float> action)
        {
            Sent.Add(action[0]);
            StepResult result = shelf.Step(action);
            (seen, Solved) = (result.Observation, Solved || result.Success);
        }
    }

    /// <summary>A world that writes down what was done in it.</summary>
    private sealed class Recorded(Shelf world) : IEnvironment
    {
        public List<float> Actions { get; } = [];

        public ObservationSpec Observations => world.Observations;

        ActionSpec IEnvironment.Actions => world.Actions;

        public double ControlRateHz => world.ControlRateHz;

        public int StepLimit => world.StepLimit;

        public Observation Reset(long seed) => world.Reset(seed);

        public StepResult Step(ReadOnlySpan<float> action)
        {
            Actions.AddRange(action);
            return world.Step(action);
        }

        public void Dispose() => world.Dispose();
    }
}
