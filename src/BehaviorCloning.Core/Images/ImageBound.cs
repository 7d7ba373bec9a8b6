using System.Runtime.InteropServices;

namespace BehaviorCloning.Images;

/// <summary>What is checked before an image is decoded, and how its libraries are found.</summary>
internal static class ImageBound
{
    /// <summary>Pixels of the largest image that is decoded unless more is asked for: 8192 x 8192.</summary>
    public const int DefaultMaxPixels = 1 << 26;

    // Deflate expands at most 1032 times; a JPEG block takes at least a bit, which makes 1365 bytes of a byte at the coarsest color sampling.
    private const long Expansion = 2048;
    private const long AlwaysAllowed = 1 << 20;

    /// <summary>Refuses what is larger than the limit, or claims more than its bytes can hold.</summary>
    /// <exception cref="InvalidDataException">It does; nothing was allocated.</exception>
    public static void Require(string kind, long height, long width, long decodedBytes, long storedBytes, int maxPixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        if (height < 1 || width < 1) throw new InvalidDataException($"The {kind} claims to be {height} x {width}. It is damaged.");
        if (height > maxPixels / width)
            throw new InvalidDataException($"The {kind} claims {height} x {width} pixels; at most {maxPixels} are decoded. Scale it down, or raise the limit if you trust it.");
        if (decodedBytes > AlwaysAllowed && decodedBytes / Expansion > storedBytes)
            throw new InvalidDataException($"The {kind} claims {height} x {width} pixels ({decodedBytes} bytes), but has only {storedBytes} bytes. Its header is damaged.");
    }

    /// <summary>Loads a library by the first of these names that is there.</summary>
    /// <exception cref="DllNotFoundException">None is; the message says what to install.</exception>
    public static nint Load(string what, IReadOnlyList<string> names, string install)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(ImageBound).Assembly, null, out nint library)) return library;
        }

        throw new DllNotFoundException($"{what} images need a library that is not installed (looked for {string.Join(", ", names)}). Install it: {install}.");
    }
}
