using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>The benchmark's frames at half their size, 48 x 48, the mean of each 2 x 2 pixels: a quarter of the work for a processor.</summary>
internal static class SmallFrame
{
    public const int Size = PushTRenderer.ImageSize / 2;

    public const int Bytes = Size * Size * 3;

    public static FeatureSpec Feature { get; } = new(PushTEnvironment.Image, FeatureElement.UInt8, Size, Size, 3);

    /// <summary>Halves a frame.</summary>
    /// <param name="frame">96 x 96 x 3.</param>
    /// <param name="half">Receives 48 x 48 x 3.</param>
    public static void Halve(ReadOnlySpan<byte> frame, Span<byte> half)
    {
        const int Row = PushTRenderer.ImageSize * 3;
        for (int i = 0; i < Bytes; i++)
        {
            int channel = i % 3, column = i / 3 % Size, row = i / 3 / Size;
            int at = (2 * row * Row) + (6 * column) + channel;
            half[i] = (byte)((frame[at] + frame[at + 3] + frame[at + Row] + frame[at + Row + 3] + 2) / 4);
        }
    }

    /// <summary>A frame, halved.</summary>
    public static byte[] Of(ReadOnlySpan<byte> frame)
    {
        byte[] half = new byte[Bytes];
        Halve(frame, half);
        return half;
    }

    /// <summary>Features with a frame of this size in place of the benchmark's.</summary>
    public static ObservationSpec In(ObservationSpec features) => new(features.Where(feature => feature.Name != Feature.Name).Append(Feature));
}
