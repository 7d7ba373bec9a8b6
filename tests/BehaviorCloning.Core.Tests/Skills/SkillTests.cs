namespace BehaviorCloning.Skills;

public sealed class SkillTests
{
    private static readonly Observation Middle = new() { ["x"] = new float[] { 0 }, ["holds"] = new float[] { 0 } };

    [Fact]
    public void A_policy_is_executed_as_far_as_its_execution_horizon()
    {
        var policy = new Counting();
        SkillRun run = Skill.Of("count", "Counts.", policy).Start(Middle);
        Enumerable.Range(0, 5).Select(_ => run.Next(Middle)![0]).Should().Equal(10, 11, 20, 21, 30);
        policy.Steps.Should().Equal(1, 3, 5);
    }

    [Fact]
    public void Two_runs_of_a_skill_know_nothing_of_each_other()
    {
        Skill skill = Skill.Of("ramp", "Goes up.", new ActionSpec("a", 1), () =>
        {
            float level = 0;
            return _ => [level++];
        });
        SkillRun first = skill.Start(Middle);
        first.Next(Middle);
        first.Next(Middle)![0].Should().Be(1);
        skill.Start(Middle).Next(Middle)![0].Should().Be(0);
    }

    [Fact]
    public void A_skill_ends_when_it_is_done_or_took_too_long()
    {
        float x = 0;
        Skill skill = Skill.Of("go", "Goes.", new ActionSpec("a", 1), () => _ => [1]) with { IsDone = _ => x >= 3, StepLimit = 5 };
        SkillRun run = skill.Start(Middle);
        while (run.Next(Middle) is { } action) x += action[0];
        (run.Outcome, run.Steps).Should().Be((SkillOutcome.Done, 3));
        x = -10;
        run = skill.Start(Middle);
        while (run.Next(Middle) is { } action) x += action[0];
        (run.Outcome, run.Steps).Should().Be((SkillOutcome.TimedOut, 5));
        run.Next(Middle).Should().BeNull("what has ended stays so");
    }

    [Theory]
    [InlineData("nan", "NaN in dimension 1")]
    [InlineData("short", "1 values, 'cart' takes 2")]
    [InlineData("null", "no action")]
    [InlineData("throw", "InvalidOperationException: lost")]
    public void No_action_that_is_none_gets_out(string kind, string fault)
    {
        SkillRun run = Skill.Of("bad", "Fails.", Shelf.ActionSpec, () => _ => kind switch
        {
            "nan" => [0, float.NaN],
            "short" => [0],
            "null" => null!,
            _ => throw new InvalidOperationException("lost"),
        }).Start(Middle);
        run.Next(Middle).Should().BeNull();
        run.Outcome.Should().Be(SkillOutcome.Failed);
        run.Fault.Should().Contain(fault);
    }

    [Fact]
    public void A_precondition_that_is_not_met_or_fails_itself_starts_nothing()
    {
        Skill grasp = Shelf.Library.Find("grasp")!;
        grasp.WhyNot(Middle).Should().Be("the cup is out of reach");
        FluentActions.Invoking(() => grasp.Start(Middle)).Should().Throw<InvalidOperationException>().WithMessage("*grasp*out of reach*");
        (grasp with { MayStart = seen => seen["nothing"].IsEmpty ? null : "" }).WhyNot(Middle).Should().Contain("KeyNotFoundException");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Reach cup")]
    [InlineData("_finish")]
    [InlineData("1st")]
    [InlineData("reach\n")]
    public void Names_are_such_that_they_can_be_quoted(string name) =>
        FluentActions.Invoking(() => Skill.Of(name, "d", Shelf.ActionSpec, () => _ => [0, 0])).Should().Throw<ArgumentException>();

    [Fact]
    public void A_library_tells_all_its_faults()
    {
        Skill One(string name, int dimension, int limit = 10) => Skill.Of(name, "d", new ActionSpec("a", dimension), () => _ => [0]) with { StepLimit = limit };
        FluentActions.Invoking(() => new SkillLibrary(One("a", 1), One("a", 1), One("b", 2), One("c", 1, 0)))
            .Should().Throw<ArgumentException>().WithMessage("*2 skills are called 'a'*'b'*2 values*'c'*step limit of 0*");
        FluentActions.Invoking(() => new SkillLibrary()).Should().Throw<ArgumentException>().WithMessage("*at least one*");
    }

    [Fact]
    public void A_library_sees_what_its_skills_see()
    {
        FeatureSpec x = new("x", 1), scale = new("scale", 2);
        Skill policy = Skill.Of("count", "d", new Counting());
        Skill Controller(string name, params FeatureSpec[] seen) => Skill.Of(name, "d", policy.Actions, () => _ => [0]) with { Observations = new(seen) };
        policy.Observations.Should().Equal(x);
        Skill.Of("blind", "d", policy.Actions, () => _ => [0]).Observations.Should().BeEmpty("a controller says what it looks at, or it is not known");
        new SkillLibrary(policy, Controller("looks", scale, x)).Observations.Should().Equal(x, scale);

        FluentActions.Invoking(() => new SkillLibrary(policy, Controller("looks", scale, x), Controller("far", new("scale", 3), new("x", FeatureElement.UInt8, 1)))).Should().Throw<ArgumentException>()
            .WithMessage("*'x' is seen as x [1] by 'count', 'looks', as x [1] uint8 by 'far'.*'scale' is seen as scale [2] by 'looks', as scale [3] by 'far'.*");
    }

    private sealed class Counting : IPolicy
    {
        public List<int> Steps { get; } = [];

        public ObservationSpec Observations { get; } = new(new FeatureSpec("x", 1));

        public ActionSpec Actions { get; } = new("a", 1);

        public Horizons Horizons { get; } = new() { Prediction = 3, Execution = 2 };

        public ActionChunk Predict(ObservationHistory history)
        {
            Steps.Add(history.StepCount);
            float first = 10 * Steps.Count;
            return new([first, first + 1, first + 2], 1);
        }
    }
}
