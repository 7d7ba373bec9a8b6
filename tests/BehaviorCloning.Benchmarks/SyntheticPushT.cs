using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Benchmarks;

/// <summary>Random numbers in the shape of the Push-T demonstrations: what is timed depends on sizes, not on values.</summary>
internal static class SyntheticPushT
{
    public const int EpisodeLength = 125;

    public static InMemoryEpisodes Make(long steps)
    {
        var observations = new ObservationSpec(new FeatureSpec("agent_position", 2), new FeatureSpec("block_position", 2), new FeatureSpec("block_angle", 1));
        var actions = new ActionSpec("agent", 2);
        var random = new RandomStream(1);
        var episodes = new InMemoryEpisodes(observations, actions, controlRateHz: 10);
        for (long left = steps; left > 0; left -= EpisodeLength)
        {
            int length = (int)Math.Min(left, EpisodeLength);
            var features = new Dictionary<string, ReadOnlyMemory<float>>
            {
                ["agent_position"] = Uniform(random, 2 * length, 512), ["block_position"] = Uniform(random, 2 * length, 512), ["block_angle"] = Uniform(random, length, 6),
            };
            episodes.Add(new InMemoryEpisode(observations, actions, features, Uniform(random, 2 * length, 512)));
        }

        return episodes;
    }

    private static float[] Uniform(RandomStream random, int count, float scale)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = scale * (float)random.NextUniform();
        return values;
    }
}
