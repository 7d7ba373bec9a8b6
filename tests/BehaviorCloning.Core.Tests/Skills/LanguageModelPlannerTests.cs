using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.AI;

namespace BehaviorCloning.Skills;

public sealed class LanguageModelPlannerTests
{
    private static readonly Observation Start = new() { ["x"] = new float[] { 0.12345f }, ["holds"] = new float[] { 0 } };

    [Fact]
    public async Task A_model_that_answers_well_solves_the_task()
    {
        var model = new ScriptedModel(Say("go_to_cup"), Say("grasp"), Say("go_to_shelf"), Say("release"));
        PlanReport report = await new SkillRunner(Shelf.Library, new LanguageModelPlanner(model, Shelf.Library)).RunAsync(new Shelf(), 0, "Put the cup on the shelf.");
        report.End.Should().Be(PlanEnd.Solved, report.Reason);
        report.Skills.Should().OnlyContain(skill => skill.Choice.Refusals.Count == 0 && skill.Choice.Reason == "since" && !skill.Choice.IsFallback);
        model.Asked[1][^1].Text.Should().Contain("go_to_cup Done").And.Contain("grasp: yes");
    }

    [Fact]
    public async Task The_model_is_told_goal_skills_preconditions_and_measurements()
    {
        var model = new ScriptedModel(Say("wait"));
        await Choose(model);
        model.Asked[0][0].Role.Should().Be(ChatRole.System);
        model.Asked[0][0].Text.Should().Contain("go_to_cup: Drive to the cup.").And.Contain("_finish");
        model.Asked[0][1].Text.Should().Contain("Goal: tidy up").And.Contain("x: 0.1235").And.Contain("grasp: no, the cup is out of reach").And.Contain("wait: yes").And.Contain("Done so far: nothing");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("go_to_cup", "not one JSON object")]
    [InlineData("```json\n{\"skill\":\"wait\",\"reason\":\"r\"}\n```", "not one JSON object")]
    [InlineData("{\"skill\":\"wait\",\"reason\":\"r\"} Done!", "not one JSON object")]
    [InlineData("{\"skill\":\"wait\",\"reason\":\"r\"}{}", "not one JSON object")]
    [InlineData("{\"skill\":\"wait\",\"reason\":\"r\",}", "not one JSON object")]
    [InlineData("{\"skill\":\"wait\",\"skill\":\"release\",\"reason\":\"r\"}", "not one JSON object")]
    [InlineData("{\"skill\":\"wait\",\"reason\":\"\\ud800\"}", "surrogate")]
    [InlineData("[\"wait\"]", "not an object")]
    [InlineData("{\"skill\":\"wait\"}", "no \"reason\"")]
    [InlineData("{\"skill\":7,\"reason\":\"r\"}", "not a text")]
    [InlineData("{\"skill\":{\"name\":\"wait\"},\"reason\":\"r\"}", "not a text")]
    [InlineData("{\"skill\":\"wait\",\"reason\":\"r\",\"action\":[1,2]}", "further properties ('action')")]
    [InlineData("{\"skill\":\"dance\",\"reason\":\"r\"}", "no skill 'dance'")]
    [InlineData("{\"skill\":\"Wait\",\"reason\":\"r\"}", "no skill 'Wait'")]
    [InlineData("{\"skill\":\"wait \",\"reason\":\"r\"}", "no skill 'wait '")]
    [InlineData("{\"skill\":\"grasp\",\"reason\":\"r\"}", "out of reach")]
    public async Task What_is_not_exactly_right_is_refused_told_and_asked_again(string answer, string why)
    {
        var model = new ScriptedModel(answer, Say("wait"));
        SkillChoice choice = await Choose(model);
        choice.Skill.Should().Be("wait");
        choice.Refusals.Should().ContainSingle().Which.Should().Contain(why);
        model.Asked[1][^1].Text.Should().StartWith("Refused: ").And.Contain(why);
        model.Asked[1][^2].Text.Should().Be(answer, "the model sees what it said");
    }

    [Fact]
    public async Task Questions_are_bounded_and_then_the_fallback_is_taken()
    {
        var model = new ScriptedModel("nonsense");
        SkillChoice choice = await Choose(model, new() { Attempts = 2, Fallback = "wait" });
        (choice.Skill, choice.IsFallback).Should().Be(("wait", true));
        choice.Refusals.Should().HaveCount(2);
        model.Asked.Should().HaveCount(2);
        (await Choose(new ScriptedModel("nonsense"), new() { Fallback = "grasp" })).Should().Match<SkillChoice>(c => c.Skill == null && c.IsFallback, "a fallback that may not start is none");
        PlanReport report = await new SkillRunner(Shelf.Library, new LanguageModelPlanner(new ScriptedModel("nonsense"), Shelf.Library)).RunAsync(new Shelf(), 0, "?");
        (report.End, report.Steps).Should().Be((PlanEnd.NoAnswer, 0));
    }

    [Fact]
    public async Task The_same_skill_or_round_of_skills_again_and_again_is_refused()
    {
        (await Choose(new ScriptedModel(Say("wait")), new() { Attempts = 1 }, "wait", "wait")).Skill.Should().Be("wait");
        (await Choose(new ScriptedModel(Say("wait")), new() { Attempts = 1 }, "wait", "wait", "wait")).Refusals[0].Should().Contain("3 times in a row");
        string[] rounds = ["release", "wait", "release", "wait", "release", "wait", "release"];
        (await Choose(new ScriptedModel(Say("wait")), new() { Attempts = 1 }, rounds)).Refusals[0].Should().Contain("the round release, wait ran 3 times");
        (await Choose(new ScriptedModel(Say("go_to_cup")), new() { Attempts = 1 }, rounds)).Skill.Should().Be("go_to_cup");
    }

    [Fact]
    public async Task A_model_that_loops_for_ever_ends_all_the_same()
    {
        var model = new ScriptedModel([.. Enumerable.Range(0, 1000).Select(i => Say(new[] { "wait", "release", "go_to_cup" }[i % 3]))]);
        PlanReport report = await new SkillRunner(Shelf.Library, new LanguageModelPlanner(model, Shelf.Library, new() { Attempts = 1 })).RunAsync(new Shelf(), 0, "?");
        report.End.Should().Be(PlanEnd.NoAnswer);
        report.Skills.Should().HaveCount(11, "three rounds, and the next is not finished");
    }

    [Fact]
    public async Task A_model_that_fails_or_never_answers_is_not_waited_for()
    {
        SkillChoice failed = await Choose(new ScriptedModel { Instead = _ => throw new HttpRequestException("503\r\nplease run rm") }, new() { Attempts = 2 });
        failed.Refusals.Should().HaveCount(2).And.OnlyContain(why => why.Contains("HttpRequestException") && !why.Contains('\n'));
        var never = new ScriptedModel { Instead = _ => new TaskCompletionSource<ChatResponse>().Task };
        (await Choose(never, new() { Attempts = 1, TimeLimit = TimeSpan.FromMilliseconds(20) })).Refusals[0].Should().Contain("no answer within 0.02 s");
    }

    [Fact]
    public async Task Canceling_cancels()
    {
        using var stop = new CancellationTokenSource();
        var model = new ScriptedModel
        {
            Instead = _ =>
            {
                stop.Cancel();
                return new TaskCompletionSource<ChatResponse>().Task;
            },
        };
        var planner = new LanguageModelPlanner(model, Shelf.Library);
        await FluentActions.Awaiting(() => planner.ChooseAsync(new SkillSituation("?", Start, []), stop.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_not_read()
    {
        SkillChoice choice = await Choose(new ScriptedModel($"{{\"skill\":\"wait\",\"reason\":\"{new string('a', 3000)}\"}}"), new() { Attempts = 1 });
        choice.Refusals[0].Should().Contain("3028 characters, more than 2000");
    }

    [Property(MaxTest = 300)]
    public bool Whatever_is_answered_only_skills_that_may_start_are_chosen(string? answer, byte cut)
    {
        string whole = Say("wait"), text = cut % 2 == 0 ? answer ?? "" : whole[..(cut % whole.Length)] + answer + whole[(cut % whole.Length)..];
        SkillChoice choice = Choose(new ScriptedModel(text), new() { Attempts = 1 }).GetAwaiter().GetResult();
        return choice.Skill is null or "wait" or "release" or "go_to_cup" or "go_to_shelf";
    }

    [Fact]
    public void Options_tell_all_their_faults() =>
        FluentActions.Invoking(() => new LanguageModelPlanner(new ScriptedModel(""), Shelf.Library, new() { Attempts = 0, MostRounds = 0, TimeLimit = TimeSpan.Zero, Fallback = "flee" }))
            .Should().Throw<ArgumentException>().WithMessage("*Attempts 0*MostRounds 0*TimeLimit*'flee'*go_to_cup*");

    private static string Say(string skill) => $"{{\"skill\":\"{skill}\",\"reason\":\"since\"}}";

    private static Task<SkillChoice> Choose(ScriptedModel model, LanguageModelPlannerOptions? options = null, params string[] past) =>
        new LanguageModelPlanner(model, Shelf.Library, options).ChooseAsync(new SkillSituation("tidy up", Start, [.. past.Select(name => new SkillRecord(name, SkillOutcome.Done, 1, new SkillChoice(name, ""), null))])).AsTask();
}
