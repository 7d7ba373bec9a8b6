using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests.Datasets;

/// <summary>Small datasets for tests.</summary>
internal static class Episodes
{
    public static ObservationSpec Observations { get; } = new(new FeatureSpec("position", 2));

    public static ActionSpec Actions { get; } = new("arm", 1);

    /// <summary>Episode e, step t: position (e, t), action 100 e + t.</summary>
    public static InMemoryEpisodes Numbered(int count, int length, double? controlRateHz = 10) =>
        new(Observations, Actions, Enumerable.Range(0, count).Select(episode => Numbered(episode, length)), controlRateHz);

    private static InMemoryEpisode Numbered(int episode, int length)
    {
        float[] position = [.. Enumerable.Range(0, length).SelectMany(step => new float[] { episode, step })];
        float[] actions = [.. Enumerable.Range(0, length).Select(step => (100f * episode) + step)];
        return new InMemoryEpisode(Observations, Actions, new Dictionary<string, ReadOnlyMemory<float>> { ["position"] = position }, actions);
    }
}
