namespace BehaviorCloning.Core.Tests.Recorder;

/// <summary>Episodes that recorder and test both know by their number alone.</summary>
public static class SeededEpisodes
{
    public const double ControlRateHz = 10;

    public static ObservationSpec Observations { get; } = new(new FeatureSpec("position", 3), new FeatureSpec("camera", FeatureElement.UInt8, 8, 8, 3));

    public static ActionSpec Actions { get; } = new("arm", 2);

    public static ObservationSpec Annotations { get; } = new(new FeatureSpec("reward", 1));

    /// <summary>Mostly a few steps, now and then some hundred, so that a kill also lands within a block of many pages.</summary>
    public static int Length(int episode) => episode % 8 == 7 ? 200 + (episode * 31 % 1800) : 1 + (episode * 7 % 5);

    public static float Value(int episode, int step, int column) => (episode * 0.5f) + (step * 3) + column;

    public static byte Pixel(int episode, int step, int pixel) => (byte)((episode * 13) + (step * 7) + pixel);

    public static void Append(EpisodeAppender append, int episode)
    {
        for (int step = 0; step < Length(episode); step++)
        {
            float[] position = new float[3];
            byte[] camera = new byte[8 * 8 * 3];
            for (int i = 0; i < position.Length; i++) position[i] = Value(episode, step, i);
            for (int i = 0; i < camera.Length; i++) camera[i] = Pixel(episode, step, i);
            append(
                new Observation { ["position"] = position, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = camera } },
                [Value(episode, step, 10), Value(episode, step, 11)],
                new Dictionary<string, ReadOnlyMemory<float>> { ["reward"] = new[] { Value(episode, step, 20) } });
        }
    }

    /// <summary>The first difference between an episode and what its number says, or null.</summary>
    public static string? Difference(Episode read, int episode)
    {
        if (read.Length != Length(episode)) return $"episode {episode} has {read.Length} steps, expected {Length(episode)}";
        ReadOnlySpan<float> position = read.Feature("position").Span, actions = read.Actions.Span, reward = read.Annotation("reward")!.Value.Span;
        byte[] frames = new byte[read.Length * 192];
        read.ReadFrames("camera", 0, read.Length, frames);
        for (int step = 0; step < read.Length; step++)
        {
            for (int i = 0; i < 3; i++)
            {
                if (!position[(step * 3) + i].Equals(Value(episode, step, i))) return $"episode {episode}, step {step}, position {i} is {position[(step * 3) + i]}";
            }

            for (int i = 0; i < 2; i++)
            {
                if (!actions[(step * 2) + i].Equals(Value(episode, step, 10 + i))) return $"episode {episode}, step {step}, action {i} is {actions[(step * 2) + i]}";
            }

            if (!reward[step].Equals(Value(episode, step, 20))) return $"episode {episode}, step {step}, reward is {reward[step]}";
            for (int i = 0; i < 192; i++)
            {
                if (frames[(step * 192) + i] != Pixel(episode, step, i)) return $"episode {episode}, step {step}, pixel {i} is {frames[(step * 192) + i]}";
            }
        }

        return null;
    }
}

/// <summary>Takes the steps of an episode.</summary>
public delegate void EpisodeAppender(Observation observation, ReadOnlySpan<float> action, IReadOnlyDictionary<string, ReadOnlyMemory<float>> annotations);
