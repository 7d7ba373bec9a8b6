namespace BehaviorCloning.Images;

/// <summary>How many color samples a JPEG file keeps.</summary>
public enum JpegSampling
{
    /// <summary>One for each pixel (4:4:4).</summary>
    Full,

    /// <summary>One for two pixels side by side (4:2:2).</summary>
    Half,

    /// <summary>One for two by two pixels (4:2:0).</summary>
    Quarter,
}

/// <summary>JPEG, lossy and small: images of 1 (gray) or 3 channels. Through libturbojpeg. Thread-safe.</summary>
public static class JpegCodec
{
    /// <summary>Decodes an image: gray with 1 channel, color with 3.</summary>
    /// <param name="file">A whole JPEG file.</param>
    /// <param name="maxPixels">Larger images are refused before anything is allocated. Default 67 million.</param>
    /// <exception cref="InvalidDataException">It is truncated, damaged, too large, or made for print (CMYK).</exception>
    /// <exception cref="DllNotFoundException">libturbojpeg is not installed; the message says how to install it.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, int maxPixels = ImageBound.DefaultMaxPixels)
    {
        using TurboJpeg.Reader reader = TurboJpeg.Library.Open(file, maxPixels);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(reader.Height * reader.Width * reader.Channels));
        reader.Read(file, pixels);
        return new Image(reader.Height, reader.Width, reader.Channels, pixels);
    }

    /// <summary>Decodes an image of known size into memory that is there, without garbage.</summary>
    /// <param name="file">A whole JPEG file.</param>
    /// <param name="height">The rows it must have.</param>
    /// <param name="width">The columns it must have.</param>
    /// <param name="channels">The channels it must have: 1 or 3.</param>
    /// <param name="destination">Receives height x width x channels bytes.</param>
    /// <exception cref="InvalidDataException">It is damaged, or of another size.</exception>
    public static void DecodeInto(ReadOnlySpan<byte> file, int height, int width, int channels, Span<byte> destination)
    {
        using TurboJpeg.Reader reader = TurboJpeg.Library.Open(file, ImageBound.DefaultMaxPixels);
        if ((reader.Height, reader.Width, reader.Channels) != (height, width, channels))
            throw new InvalidDataException($"The JPEG image is {reader.Height} x {reader.Width} x {reader.Channels}, expected {height} x {width} x {channels}.");
        reader.Read(file, destination[..checked(height * width * channels)]);
    }

    /// <summary>Encodes an image of 1 or 3 channels.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">1 to 100. Default 95.</param>
    /// <param name="sampling">How many color samples are kept. Default one for each pixel: a robot looks for thin colored edges, too.</param>
    public static byte[] Encode(Image image, int quality = 95, JpegSampling sampling = JpegSampling.Full)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (quality is < 1 or > 100) throw new ArgumentOutOfRangeException(nameof(quality), quality, "JPEG's quality is 1 to 100.");
        if (!Enum.IsDefined(sampling)) throw new ArgumentOutOfRangeException(nameof(sampling), sampling, "The sampling is Full, Half or Quarter.");
        if (image.Channels is 2 or 4) throw new ArgumentException($"JPEG holds no opacity; the image has {image.Channels} channels. Use PNG, or {nameof(Image.ToRgb)}.", nameof(image));
        if (image.Height > 65500 || image.Width > 65500) throw new ArgumentException($"JPEG holds at most 65500 x 65500 pixels; the image is {image.Height} x {image.Width}.", nameof(image));
        return TurboJpeg.Library.Write(image.Height, image.Width, image.Channels, image.Pixels.Span, quality, sampling);
    }
}
