namespace BehaviorCloning.Skills;

public sealed class SkillRunnerTests
{
    private static readonly Dictionary<string, SkillState> States = new()
    {
        ["approach"] = new("go_to_cup", (outcome, _) => outcome == SkillOutcome.Done ? "take" : null),
        ["take"] = new("grasp", (_, seen) => seen["holds"].Span[0] > 0.5f ? "carry" : "approach"),
        ["carry"] = new("go_to_shelf", (outcome, _) => outcome == SkillOutcome.Done ? "put" : null),
        ["put"] = new("release", (_, _) => null),
    };

    [Fact]
    public async Task A_written_plan_solves_the_task_and_can_be_played_again()
    {
        var runner = new SkillRunner(Shelf.Library, new SkillStateMachine("approach", States));
        foreach (int _ in new[] { 1, 2 })
        {
            PlanReport report = await runner.RunAsync(new Shelf(), 0, "Put the cup on the shelf.");
            report.End.Should().Be(PlanEnd.Solved, report.Reason);
            report.Skills.Select(skill => skill.Skill).Should().Equal("go_to_cup", "grasp", "go_to_shelf", "release");
            report.Steps.Should().Be(report.Skills.Sum(skill => skill.Steps));
            report.Skills[0].Choice.Reason.Should().Be("state 'approach'");
        }
    }

    [Fact]
    public async Task A_state_that_leads_nowhere_is_told() =>
        (await new SkillRunner(Shelf.Library, new SkillStateMachine("a", new Dictionary<string, SkillState> { ["a"] = new("wait", (_, _) => "b") })).RunAsync(new Shelf(), 0, "?"))
            .Should().Match<PlanReport>(report => report.End == PlanEnd.Refused && report.Reason.Contains("leads to 'b'"));

    [Fact]
    public void A_plan_must_begin_somewhere() =>
        FluentActions.Invoking(() => new SkillStateMachine("nowhere", States)).Should().Throw<ArgumentException>().WithMessage("*nowhere*approach*");

    [Theory]
    [InlineData("dance", PlanEnd.Refused, "no skill 'dance'", 0)]
    [InlineData("grasp", PlanEnd.Refused, "out of reach", 0)]
    [InlineData("wait", PlanEnd.TooManySkills, "4 skills", 4)]
    [InlineData(null, PlanEnd.Finished, "because", 0)]
    public async Task No_planner_is_trusted(string? choice, PlanEnd end, string why, int ran)
    {
        PlanReport report = await new SkillRunner(Shelf.Library, new Stubborn(choice)) { MostSkills = 4 }.RunAsync(new Shelf(), 0, "?");
        (report.End, report.Skills.Count).Should().Be((end, ran));
        report.Reason.Should().Contain(why);
    }

    [Fact]
    public async Task An_episode_that_is_over_interrupts_its_skill()
    {
        PlanReport report = await new SkillRunner(Shelf.Library, new Stubborn("go_to_cup")).RunAsync(new Shelf { StepLimit = 3 }, 0, "?");
        (report.End, report.Steps, report.Skills[^1].Outcome).Should().Be((PlanEnd.EpisodeOver, 3, SkillOutcome.Interrupted));
    }

    [Fact]
    public async Task Skills_for_another_robot_are_refused()
    {
        var library = new SkillLibrary(Skill.Of("a", "d", new ActionSpec("arm", 7), () => _ => new float[7]));
        await FluentActions.Awaiting(() => new SkillRunner(library, new Stubborn("a")).RunAsync(new Shelf(), 0, "?")).Should().ThrowAsync<ArgumentException>().WithMessage("*'arm' of 7*'cart' of 2*");
    }

    private sealed class Stubborn(string? skill) : ISkillPlanner
    {
        public ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default) => ValueTask.FromResult(new SkillChoice(skill, "because"));
    }
}
