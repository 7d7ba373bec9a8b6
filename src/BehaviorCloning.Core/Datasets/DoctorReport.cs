using System.Globalization;
using System.Text;

namespace BehaviorCloning.Datasets;

/// <summary>What can be wrong with demonstrations.</summary>
public enum DataFault
{
    /// <summary>Nothing happens: neither observation nor action changes.</summary>
    Idle,

    /// <summary>Observations repeat while actions change.</summary>
    Stall,

    /// <summary>An observed value leaps.</summary>
    Jump,

    /// <summary>Time is missing between two steps.</summary>
    Gap,

    /// <summary>An episode is unlike the others.</summary>
    Outlier,

    /// <summary>A dimension never varies in the whole dataset.</summary>
    ConstantDimension,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Fault">Of which kind.</param>
/// <param name="Episode">In which episode, or -1 for the whole dataset.</param>
/// <param name="Start">First step concerned; the step behind a jump or a gap.</param>
/// <param name="Count">Steps concerned; 0 for a jump or a gap, which lie between two steps.</param>
/// <param name="What">For people.</param>
public sealed record DataFinding(DataFault Fault, int Episode, int Start, int Count, string What);

/// <summary>All that a doctor found.</summary>
/// <param name="Episodes">Episodes examined.</param>
/// <param name="Steps">Steps examined.</param>
/// <param name="Findings">What is wrong, in the order of episodes and steps, what concerns the whole dataset first.</param>
public sealed record DoctorReport(int Episodes, long Steps, IReadOnlyList<DataFinding> Findings)
{
    /// <summary>Episodes with at least one finding.</summary>
    public int EpisodesConcerned => Findings.Where(finding => finding.Episode >= 0).Select(finding => finding.Episode).Distinct().Count();

    /// <summary>For people: one line a kind, then one a finding.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Episodes} episodes, {Steps} steps, {Findings.Count} findings in {EpisodesConcerned} episodes");
        foreach (IGrouping<DataFault, DataFinding> kind in Findings.GroupBy(finding => finding.Fault).OrderBy(kind => kind.Key))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind.Key}: {kind.Count()}, {kind.Sum(finding => finding.Count)} steps");
        foreach (DataFinding finding in Findings)
            text.AppendLine(finding.Episode < 0 ? $"dataset: {finding.What}" : string.Create(CultureInfo.InvariantCulture, $"episode {finding.Episode}, step {finding.Start}: {finding.What}"));
        return text.ToString();
    }
}
