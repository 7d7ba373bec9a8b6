namespace BehaviorCloning.Images;

/// <summary>A picture of bytes: rows from the top, the channels of a pixel side by side.</summary>
public sealed class Image
{
    /// <summary>Holds a picture. The memory is kept, not copied.</summary>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 gray, 2 gray and opacity, 3 red green blue, 4 with opacity.</param>
    /// <param name="pixels">Height x width x channels bytes.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public Image(int height, int width, int channels, ReadOnlyMemory<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (channels is < 1 or > 4) throw new ArgumentOutOfRangeException(nameof(channels), channels, "An image has 1 (gray), 2 (gray, opacity), 3 (red, green, blue) or 4 (with opacity) channels.");
        if (pixels.Length != (long)height * width * channels)
            throw new ArgumentException($"An image of {height} x {width} x {channels} takes {(long)height * width * channels} bytes; got {pixels.Length}.", nameof(pixels));
        (Height, Width, Channels, Pixels) = (height, width, channels, pixels);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>1 gray, 2 gray and opacity, 3 red green blue, 4 with opacity.</summary>
    public int Channels { get; }

    /// <summary>Height x width x channels bytes.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The same picture in red, green and blue: gray is repeated, full opacity is dropped.</summary>
    /// <exception cref="InvalidOperationException">A pixel is transparent, so its color depends on what lies behind.</exception>
    public Image ToRgb()
    {
        if (Channels == 3) return this;
        ReadOnlySpan<byte> from = Pixels.Span;
        byte[] to = new byte[checked(Height * Width * 3)];
        for (int i = 0, at = 0; at < to.Length; i += Channels, at += 3)
        {
            if (Channels is 2 or 4 && from[i + Channels - 1] != 255)
                throw new InvalidOperationException($"Pixel {i / Channels % Width} of row {i / Channels / Width} is transparent (opacity {from[i + Channels - 1]} of 255), so it has no color of its own. Save the picture on a background.");
            bool isGray = Channels < 3;
            (to[at], to[at + 1], to[at + 2]) = (from[i], from[isGray ? i : i + 1], from[isGray ? i : i + 2]);
        }

        return new Image(Height, Width, 3, to);
    }
}
