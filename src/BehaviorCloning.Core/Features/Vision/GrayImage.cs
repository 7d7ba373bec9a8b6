namespace BehaviorCloning.Features;

/// <summary>Luminance of an image, 0 (black) to 1 (white), row by row. Pixel centers lie at whole coordinates: x to the right, y downwards.</summary>
public sealed class GrayImage
{
    /// <summary>Wraps luminances.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">width x height values; kept, not copied.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or a value is not finite.</exception>
    public GrayImage(int width, int height, float[] pixels)
        : this(width, height, pixels, check: true)
    {
    }

    internal GrayImage(int width, int height, float[] pixels, bool check)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width < 1 || height < 1 || pixels.Length != (long)width * height)
            throw new ArgumentException($"An image of {width} x {height} needs {(long)width * height} pixels (at least 1 x 1); got {pixels.Length}.", nameof(pixels));
        if (check && FiniteCheck.FirstNonFinite(pixels) is var bad && bad >= 0)
            throw new ArgumentException($"Pixel ({bad % width}, {bad / width}) is {pixels[bad]}; luminances must be finite.", nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    internal float[] Pixels { get; }

    /// <summary>The luminance of a pixel.</summary>
    public float this[int x, int y] => Pixels[(y * Width) + x];

    /// <summary>Takes bytes as cameras give them.</summary>
    /// <param name="bytes">height x width x channels, rows from the top.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 for gray, 3 for red, green, blue (luminance by ITU-R BT.601: .299, .587, .114).</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static GrayImage FromBytes(ReadOnlySpan<byte> bytes, int width, int height, int channels)
    {
        if (channels is not (1 or 3)) throw new ArgumentException($"An image has {channels} channels, expected 1 (gray) or 3 (red, green, blue).", nameof(channels));
        if (bytes.Length != (long)width * height * channels)
            throw new ArgumentException($"An image of {width} x {height} x {channels} has {(long)width * height * channels} bytes; got {bytes.Length}.", nameof(bytes));
        float[] pixels = new float[width * height];
        if (channels == 1)
        {
            for (int i = 0; i < pixels.Length; i++) pixels[i] = bytes[i] * (1 / 255f);
        }
        else
        {
            for (int i = 0; i < pixels.Length; i++)
                pixels[i] = ((0.299f * bytes[3 * i]) + (0.587f * bytes[(3 * i) + 1]) + (0.114f * bytes[(3 * i) + 2])) * (1 / 255f);
        }

        return new GrayImage(width, height, pixels, check: false);
    }

    /// <summary>Twice the size: even pixels are this image's, those between are means of their neighbors.</summary>
    internal GrayImage Doubled()
    {
        int width = 2 * Width, height = 2 * Height;
        float[] target = new float[width * height];
        for (int y = 0; y < Height; y++)
        {
            ReadOnlySpan<float> row = Pixels.AsSpan(y * Width, Width), below = Pixels.AsSpan(Math.Min(y + 1, Height - 1) * Width, Width);
            Span<float> even = target.AsSpan(2 * y * width, width), odd = target.AsSpan(((2 * y) + 1) * width, width);
            for (int x = 0; x < Width; x++)
            {
                int right = Math.Min(x + 1, Width - 1);
                even[2 * x] = row[x];
                even[(2 * x) + 1] = 0.5f * (row[x] + row[right]);
                odd[2 * x] = 0.5f * (row[x] + below[x]);
                odd[(2 * x) + 1] = 0.25f * (row[x] + row[right] + below[x] + below[right]);
            }
        }

        return new GrayImage(width, height, target, check: false);
    }

    /// <summary>Every second pixel of every second row; blur before, or it aliases.</summary>
    internal GrayImage Halved()
    {
        int width = (Width + 1) / 2, height = (Height + 1) / 2;
        float[] target = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = Pixels.AsSpan(2 * y * Width, Width);
            for (int x = 0; x < width; x++) target[(y * width) + x] = row[2 * x];
        }

        return new GrayImage(width, height, target, check: false);
    }

    /// <summary>Convolved with a Gaussian, the border repeated.</summary>
    internal GrayImage Blurred(double sigma)
    {
        float[] kernel = SeparableFilter.Gaussian(sigma), target = new float[Pixels.Length];
        SeparableFilter.Apply(Pixels, target, Width, Height, kernel, kernel);
        return new GrayImage(Width, Height, target, check: false);
    }
}
