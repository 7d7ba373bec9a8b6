namespace BehaviorCloning.Images;

/// <summary>Reads and writes image files, PNG or JPEG.</summary>
/// <example><code>
/// Image photograph = ImageFile.Read("coffee.png").ToRgb();
/// ImageFile.Write("coffee.jpg", photograph, quality: 90);
/// </code></example>
public static class ImageFile
{
    private const long LargestFile = 1L << 30;

    /// <summary>Reads an image; what it is, its first bytes say.</summary>
    /// <param name="path">A PNG or JPEG file.</param>
    /// <param name="maxPixels">Larger images are refused before anything is allocated. Default 67 million.</param>
    /// <exception cref="InvalidDataException">It is neither, damaged, or too large; the message names the file.</exception>
    public static Image Read(string path, int maxPixels = ImageBound.DefaultMaxPixels) => Read(path, file => PngChunks.IsPng(file)
        ? PngCodec.Decode(file, maxPixels)
        : file.Length >= 2 && file[0] == 0xFF && file[1] == 0xD8
            ? JpegCodec.Decode(file, maxPixels)
            : throw new InvalidDataException("It is neither a PNG nor a JPEG image."));

    /// <summary>Reads a depth image, a gray PNG file of 16 bits.</summary>
    /// <exception cref="InvalidDataException">It is something else, damaged, or too large; the message names the file.</exception>
    public static DepthImage ReadDepth(string path, int maxPixels = ImageBound.DefaultMaxPixels) => Read(path, file => PngCodec.DecodeDepth(file, maxPixels));

    /// <summary>Writes an image whole or not at all, as its file name says: <c>.png</c>, <c>.jpg</c> or <c>.jpeg</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The image.</param>
    /// <param name="quality">JPEG's quality, 1 to 100.</param>
    public static void Write(string path, Image image, int quality = 95)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        byte[] file = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => PngCodec.Encode(image),
            ".JPG" or ".JPEG" => JpegCodec.Encode(image, quality),
            string other => throw new ArgumentException($"'{path}' ends in '{other}'; images are written as .png, .jpg or .jpeg.", nameof(path)),
        };
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    /// <summary>Writes a depth image as a gray PNG file of 16 bits, whole or not at all.</summary>
    public static void Write(string path, DepthImage image)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        byte[] file = PngCodec.Encode(image);
        AtomicFile.Write(path, stream => stream.Write(file));
    }

    private static T Read<T>(string path, Func<byte[], T> decode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no image '{path}'.", path);
        long length = new FileInfo(path).Length;
        if (length > LargestFile) throw new InvalidDataException($"'{path}' has {length} bytes; at most {LargestFile} are read as one image.");
        try
        {
            return decode(File.ReadAllBytes(path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"'{path}': {fault.Message}", fault);
        }
    }
}
