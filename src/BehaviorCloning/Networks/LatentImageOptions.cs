namespace BehaviorCloning.Networks;

/// <summary>Sizes of a <see cref="LatentImageEncoder"/> and its <see cref="LatentImageDecoder"/>.</summary>
/// <param name="Height">Rows of the images; a multiple of 2 ^ Stages.</param>
/// <param name="Width">Columns of the images; a multiple of 2 ^ Stages.</param>
/// <param name="Channels">Channels of the first stage; they double twice, then stay.</param>
/// <param name="Stages">Convolutions, each of which halves the image.</param>
public sealed record LatentImageOptions(int Height, int Width, int Channels, int Stages)
{
    /// <summary>Channels of the map of a stage, from 0.</summary>
    public int ChannelsOf(int stage) => Channels << Math.Min(stage, 2);

    /// <summary>Channels of the last map.</summary>
    public int MapChannels => ChannelsOf(Stages - 1);

    /// <summary>Rows of the last map.</summary>
    public int MapHeight => Height >> Stages;

    /// <summary>Columns of the last map.</summary>
    public int MapWidth => Width >> Stages;

    /// <summary>Every fault of these sizes, none if they are sound.</summary>
    public IEnumerable<string> Problems()
    {
        if (Channels < 1) yield return $"{nameof(Channels)} {Channels} must be at least 1.";
        if (Stages is < 1 or > 8) yield return $"{nameof(Stages)} {Stages} must be 1 to 8.";
        else if (Height < 1 || Width < 1 || Height % (1 << Stages) != 0 || Width % (1 << Stages) != 0)
            yield return $"{nameof(Height)} {Height} and {nameof(Width)} {Width} must be multiples of {1 << Stages}: each of {Stages} stages halves the image.";
    }

    /// <summary>These sizes, if they are sound.</summary>
    /// <exception cref="ArgumentException">They are not; the message lists every fault.</exception>
    internal LatentImageOptions Checked()
    {
        string[] problems = [.. Problems()];
        return problems.Length == 0 ? this : throw new ArgumentException($"A network of images cannot be built: {string.Join(" ", problems)}");
    }

    /// <summary>About 8 channels share a norm.</summary>
    internal static int GroupsOf(int channels)
    {
        int groups = Math.Max(1, channels / 8);
        while (channels % groups != 0) groups--;
        return groups;
    }
}
