using System.Runtime.InteropServices;

namespace BehaviorCloning.Images;

/// <summary>How hard PNG tries to be small. What is decoded is the same.</summary>
public enum PngEffort
{
    /// <summary>No filters and a quick deflate: for recording at a camera's rate.</summary>
    Fast,

    /// <summary>The filters and the level that libpng takes by itself.</summary>
    Normal,
}

/// <summary>PNG, lossless: images of bytes with 1 to 4 channels, and depth images of 16 bits. Through libpng.</summary>
/// <remarks>
/// Values are what the file stores: gamma and color profiles are passed over. An interlaced image, a palette and gray of 1, 2 or 4 bits are
/// read as well. Thread-safe.
/// </remarks>
public static class PngCodec
{
    /// <summary>Decodes an image of bytes.</summary>
    /// <param name="file">A whole PNG file.</param>
    /// <param name="maxPixels">Larger images are refused before anything is allocated. Default 67 million.</param>
    /// <exception cref="InvalidDataException">It is truncated, damaged, too large, or has 16 bits a channel.</exception>
    /// <exception cref="DllNotFoundException">libpng is not installed; the message says how to install it.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, int maxPixels = ImageBound.DefaultMaxPixels)
    {
        PngChunks header = Checked(file, maxPixels, depth: false);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(header.Height * header.Width * header.Channels));
        LibPng.Library.Read(PixelsOf(file, header), header, pixels);
        return new Image(header.Height, header.Width, header.Channels, pixels);
    }

    /// <summary>Decodes an image of known size into memory that is there, without garbage.</summary>
    /// <param name="file">A whole PNG file.</param>
    /// <param name="height">The rows it must have.</param>
    /// <param name="width">The columns it must have.</param>
    /// <param name="channels">The channels it must have.</param>
    /// <param name="destination">Receives height x width x channels bytes.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another size.</exception>
    public static void DecodeInto(ReadOnlySpan<byte> file, int height, int width, int channels, Span<byte> destination)
    {
        PngChunks header = Checked(file, ImageBound.DefaultMaxPixels, depth: false);
        if ((header.Height, header.Width, header.Channels) != (height, width, channels))
            throw new InvalidDataException($"The PNG image is {header.Height} x {header.Width} x {header.Channels}, expected {height} x {width} x {channels}.");
        LibPng.Library.Read(PixelsOf(file, header), header, destination[..checked(height * width * channels)]);
    }

    /// <summary>Decodes a depth image: gray of 16 bits, values as stored.</summary>
    /// <exception cref="InvalidDataException">It is truncated, damaged, too large, or not gray of 16 bits.</exception>
    public static DepthImage DecodeDepth(ReadOnlySpan<byte> file, int maxPixels = ImageBound.DefaultMaxPixels)
    {
        PngChunks header = Checked(file, maxPixels, depth: true);
        ushort[] values = GC.AllocateUninitializedArray<ushort>(checked(header.Height * header.Width));
        LibPng.Library.Read(PixelsOf(file, header), header, MemoryMarshal.AsBytes(values.AsSpan()));
        return new DepthImage(header.Height, header.Width, values);
    }

    /// <summary>Decodes a depth image of known size into memory that is there, as bytes of a <see cref="FeatureElement.UInt16"/> feature.</summary>
    internal static void DecodeDepthInto(ReadOnlySpan<byte> file, int height, int width, Span<byte> destination)
    {
        PngChunks header = Checked(file, ImageBound.DefaultMaxPixels, depth: true);
        if ((header.Height, header.Width) != (height, width))
            throw new InvalidDataException($"The depth image is {header.Height} x {header.Width}, expected {height} x {width}.");
        LibPng.Library.Read(PixelsOf(file, header), header, destination[..checked(height * width * sizeof(ushort))]);
    }

    /// <summary>Encodes an image.</summary>
    public static byte[] Encode(Image image, PngEffort effort = PngEffort.Normal)
    {
        ArgumentNullException.ThrowIfNull(image);
        return LibPng.Library.Write(image.Height, image.Width, image.Channels, isDepth: false, image.Pixels.Span, effort);
    }

    /// <summary>Encodes a depth image, as gray of 16 bits.</summary>
    public static byte[] Encode(DepthImage image, PngEffort effort = PngEffort.Normal)
    {
        ArgumentNullException.ThrowIfNull(image);
        return LibPng.Library.Write(image.Height, image.Width, 1, isDepth: true, MemoryMarshal.AsBytes(image.Values.Span), effort);
    }

    private static PngChunks Checked(ReadOnlySpan<byte> file, int maxPixels, bool depth)
    {
        PngChunks header = PngChunks.Of(file);
        ImageBound.Require("PNG image", header.Height, header.Width, header.RowBytes, header.StoredBytes, maxPixels);
        bool isDepth = header is { BitDepth: 16, ColorType: 0, HasTransparency: false };
        if (depth && !isDepth)
            throw new InvalidDataException($"A depth image is gray of 16 bits; this PNG image has {header.BitDepth} bits and {header.Channels} channel(s). Read it with {nameof(Decode)}.");
        if (!depth && header.BitDepth == 16)
            throw new InvalidDataException($"This PNG image has 16 bits a channel, which bytes cannot hold. {(isDepth ? $"Read it with {nameof(DecodeDepth)}." : "Save it with 8 bits.")}");
        return header;
    }

    private static ReadOnlySpan<byte> PixelsOf(ReadOnlySpan<byte> file, PngChunks header) => header.HasOthers ? PngChunks.OnlyPixels(file) : file;
}
