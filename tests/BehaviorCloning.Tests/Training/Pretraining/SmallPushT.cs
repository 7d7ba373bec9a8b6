using BehaviorCloning.Encoders;
using BehaviorCloning.Networks;
using BehaviorCloning.Simulation;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

/// <summary>Rendered Push-T frames at half their size and the T's pose in each: anywhere near the middle, turned anyhow.</summary>
internal sealed class SmallPushT
{
    public const int Side = PushTRenderer.ImageSize / 2;
    private readonly PushTState[] states;
    private readonly byte[][] frames;

    public SmallPushT(int count)
    {
        var renderer = new PushTRenderer(PushTPose.DefaultGoal);
        var random = new Random(1);
        states = [.. Enumerable.Range(0, count).Select(_ => new PushTState(Uniform(60, 450), Uniform(60, 450), Uniform(200, 312), Uniform(200, 312), Uniform(0, Math.Tau)))];
        frames = [.. states.Select(state => Halved(renderer.Render(state)))];
        Source = new FrameSource(Side, Side, count, (number, frame) => frames[number].CopyTo(frame));

        double Uniform(double low, double high) => low + ((high - low) * random.NextDouble());
    }

    public FrameSource Source { get; }

    public static Autoencoder Autoencoder { get; } = new() { Height = Side, Width = Side, Channels = 8, Stages = 3, Latents = 32 };

    public static VariationalAutoencoder Variational { get; } = new() { Height = Side, Width = Side, Channels = 8, Stages = 3, Latents = 32 };

    public static MaskedAutoencoder Masked { get; } = new()
    {
        Height = Side, Width = Side, DecoderWidth = 32, DecoderDepth = 1,
        Transformer = new VisionTransformerOptions { PatchSize = 6, Width = 48, Depth = 2, Heads = 4, Positions = VisionPositions.Sinusoidal },
    };

    public float[] Poses(IEnumerable<int> which) => [.. which.Select(i => states[i]).SelectMany(s => new[] { (float)s.BlockX, (float)s.BlockY, (float)Math.Cos(s.BlockAngle), (float)Math.Sin(s.BlockAngle) })];

    private static byte[] Halved(byte[] frame)
    {
        byte[] half = new byte[Side * Side * 3];
        for (int i = 0; i < half.Length; i++)
        {
            int channel = i % 3, x = i / 3 % Side, y = i / 3 / Side;
            int At(int dx, int dy) => frame[(((((2 * y) + dy) * 2 * Side) + (2 * x) + dx) * 3) + channel];
            half[i] = (byte)((At(0, 0) + At(1, 0) + At(0, 1) + At(1, 1) + 2) / 4);
        }

        return half;
    }
}
