using BehaviorCloning.Runtime;
using BehaviorCloning.Simulation;
using BehaviorCloning.Skills;
using Microsoft.Extensions.AI;

namespace BehaviorCloning.Docs;

/// <summary>The code of docs/skills.md.</summary>
internal static class SkillsPage
{
    public static async Task<(SkillLibrary Library, PlanReport Report)> Written(IPolicy policy, IEnvironment environment)
    {
        // <snippet written-plan>
        Skill reach = Skill.Of("reach_block", "Move the agent to the block.", policy) with
        {
            MayStart = seen => seen[PushTEnvironment.AgentPosition].Span[0] < 500 ? null : "the agent is in the corner",
            IsDone = seen => Math.Abs(seen[PushTEnvironment.AgentPosition].Span[0] - seen[PushTEnvironment.BlockPosition].Span[0]) < 60,
            StepLimit = 80,
        };
        Skill stay = Skill.Of("stay", "Stand still for a moment.", policy.Actions, () => seen => seen[PushTEnvironment.AgentPosition].ToArray()) with { StepLimit = 10 };
        var library = new SkillLibrary(reach, stay);
        var plan = new SkillStateMachine("reach", new Dictionary<string, SkillState>
        {
            ["reach"] = new("reach_block", (outcome, _) => outcome == SkillOutcome.Done ? null : "rest"),
            ["rest"] = new("stay", (_, _) => "reach"),
        });
        PlanReport report = await new SkillRunner(library, plan).RunAsync(environment, seed: 0, "Push the T onto its goal.");
        // </snippet>
        return (library, report);
    }

    public static async Task<PlanReport> Planned(IChatClient client, SkillLibrary library, IEnvironment environment)
    {
        // <snippet language-model-planner>
        var planner = new LanguageModelPlanner(client, library, new LanguageModelPlannerOptions { Attempts = 3, TimeLimit = TimeSpan.FromSeconds(20), Fallback = "stay" });
        PlanReport planned = await new SkillRunner(library, planner).RunAsync(environment, seed: 0, "Push the T onto its goal.");
        // </snippet>
        return planned;
    }

    public static void OnARobot(IRobot robot, SkillLibrary library, ISkillPlanner planner, CancellationToken cancellationToken)
    {
        // <snippet skills-on-a-robot>
        Skill wait = Skill.Of("wait", "Stay here while the planner thinks.", library.Actions, () =>
        {
            float[]? here = null;
            return seen => here ??= seen[PushTEnvironment.AgentPosition].ToArray();
        }) with { StepLimit = 1500 };
        using var executor = new SkillExecutor(new SkillLibrary([.. library, wait]), planner, "Push the T onto its goal.") { Waiting = "wait" };
        var options = new ControlLoopOptions { RateHz = 50, StopWhen = (_, _) => executor.Report is not null };
        Console.WriteLine($"{new ControlLoop(robot, executor, options).Run(cancellationToken)}, {executor.Report?.Reason}");
        // </snippet>
    }
}
