using System.Collections;

namespace BehaviorCloning.Skills;

/// <summary>The skills a robot has, in a fixed order.</summary>
public sealed class SkillLibrary : IReadOnlyList<Skill>
{
    private readonly Skill[] skills;

    /// <summary>Lists the skills.</summary>
    /// <exception cref="ArgumentException">There is none, two share a name, their actions differ, or they see a feature differently; the message lists every fault.</exception>
    public SkillLibrary(params IEnumerable<Skill> skills)
    {
        ArgumentNullException.ThrowIfNull(skills);
        this.skills = [.. skills];
        List<string> problems = [];
        if (this.skills.Length == 0) problems.Add("A library needs at least one skill.");
        problems.AddRange(this.skills.GroupBy(skill => skill.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{group.Count()} skills are called '{group.Key}'."));
        problems.AddRange(this.skills.Where(skill => skill.Actions != this.skills[0].Actions)
            .Select(skill => $"Skill '{skill.Name}' acts by '{skill.Actions.Name}' of {skill.Actions.Dimension} values, '{this.skills[0].Name}' by '{this.skills[0].Actions.Name}' of {this.skills[0].Actions.Dimension}, or limits or names differ."));
        problems.AddRange(this.skills.Where(skill => skill.StepLimit < 1).Select(skill => $"Skill '{skill.Name}' has a step limit of {skill.StepLimit}; it must be at least 1."));
        IGrouping<string, (Skill Skill, FeatureSpec Feature)>[] features = [.. this.skills.SelectMany(skill => skill.Observations.Select(feature => (skill, feature))).GroupBy(seen => seen.feature.Name)];
        problems.AddRange(features.Where(group => group.Any(seen => !seen.Feature.Equals(group.First().Feature)))
            .Select(group => $"Feature '{group.Key}' is seen as {string.Join(", as ", group.GroupBy(seen => seen.Feature).Select(same => $"{same.Key} by {string.Join(", ", same.Select(seen => $"'{seen.Skill.Name}'"))}"))}."));
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(skills));
        Observations = new(features.Select(group => group.First().Feature));
    }

    /// <inheritdoc/>
    public int Count => skills.Length;

    /// <summary>What the actions of all skills are.</summary>
    public ActionSpec Actions => skills[0].Actions;

    /// <summary>What the skills must observe, all together.</summary>
    public ObservationSpec Observations { get; }

    /// <inheritdoc/>
    public Skill this[int index] => skills[index];

    /// <summary>The names, for error messages.</summary>
    internal string Names => string.Join(", ", skills.Select(skill => skill.Name));

    /// <summary>The skill of that name, or null.</summary>
    public Skill? Find(string name) => Array.Find(skills, skill => skill.Name == name);

    /// <inheritdoc/>
    public IEnumerator<Skill> GetEnumerator() => ((IEnumerable<Skill>)skills).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
