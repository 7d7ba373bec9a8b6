namespace BehaviorCloning.Skills;

/// <summary>A planner whose answers the test gives, each when it likes.</summary>
internal sealed class AskedPlanner : ISkillPlanner
{
    private readonly List<TaskCompletionSource<SkillChoice>> answers = [];
    private readonly List<TaskCompletionSource> questions = [];

    /// <summary>What it was asked, with the token of the question.</summary>
    public List<(SkillSituation Situation, CancellationToken Token)> Asked { get; } = [];

    /// <summary>Done in each question, by its number, before it is answered: may block, may throw.</summary>
    public Action<int, CancellationToken> OnAsked { get; init; } = (_, _) => { };

    /// <summary>The answer to the question of that number, asked already or not.</summary>
    public TaskCompletionSource<SkillChoice> Answer(int question)
    {
        lock (answers)
        {
            while (answers.Count <= question) answers.Add(new());
            return answers[question];
        }
    }

    /// <summary>Completes when the question of that number is asked, which happens on another thread.</summary>
    public Task Question(int question)
    {
        lock (answers)
        {
            while (questions.Count <= question) questions.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
            return questions[question].Task;
        }
    }

    /// <summary>Answers a question by a skill; null ends the plan.</summary>
    public void Choose(int question, string? skill) => Answer(question).SetResult(new SkillChoice(skill, $"answer {question}"));

    public async ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default)
    {
        int question;
        lock (answers)
        {
            question = Asked.Count;
            Asked.Add((situation, cancellationToken));
            _ = Question(question);
            questions[question].SetResult();
        }

        OnAsked(question, cancellationToken);
        return await Answer(question).Task; // Never heeds the token.
    }
}

/// <summary>A planner that answers at once: what it says follows from how many skills ran.</summary>
internal sealed class ListedPlanner(params string?[] skills) : ISkillPlanner
{
    public ValueTask<SkillChoice> ChooseAsync(SkillSituation situation, CancellationToken cancellationToken = default) =>
        skills[situation.Past.Count % skills.Length] is var skill && skill == "throw" ? throw new InvalidOperationException("no idea") : ValueTask.FromResult(new SkillChoice(skill, "as listed"));
}
