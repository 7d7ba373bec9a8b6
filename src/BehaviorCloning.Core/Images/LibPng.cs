using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace BehaviorCloning.Images;

/// <summary>
/// The simplified interface of libpng 1.6. The full one reports errors by jumping over its caller's frames, which .NET frames do not survive;
/// this one catches its own jumps and returns.
/// </summary>
internal sealed unsafe class LibPng
{
    private const uint Version = 1;
    private const uint FormatAlpha = 1, FormatColor = 2, FormatLinear = 4;
    private const uint FlagFast = 2;
    private static readonly Lazy<LibPng> Shared = new(() => new LibPng(["libpng16.so.16", "libpng16.so", "libpng16.16.dylib", "libpng16.dylib", "libpng16.dll"]));

    private readonly delegate* unmanaged<PngImage*, byte*, nuint, int> beginRead;                     // png_image_begin_read_from_memory
    private readonly delegate* unmanaged<PngImage*, void*, byte*, int, void*, int> finishRead;        // png_image_finish_read
    private readonly delegate* unmanaged<PngImage*, byte*, nuint*, int, byte*, int, void*, int> write; // png_image_write_to_memory
    private readonly delegate* unmanaged<PngImage*, void> free;                                       // png_image_free

    /// <summary>Loads the library by the first of these names that is there.</summary>
    /// <exception cref="DllNotFoundException">None of the names can be loaded; the message says what to install.</exception>
    internal LibPng(IReadOnlyList<string> names)
    {
        nint library = ImageBound.Load("PNG", names, "apt install libpng16-16 (Debian; libpng16-16t64 on Ubuntu), brew install libpng (macOS), conda install libpng");
        beginRead = (delegate* unmanaged<PngImage*, byte*, nuint, int>)NativeLibrary.GetExport(library, "png_image_begin_read_from_memory");
        finishRead = (delegate* unmanaged<PngImage*, void*, byte*, int, void*, int>)NativeLibrary.GetExport(library, "png_image_finish_read");
        write = (delegate* unmanaged<PngImage*, byte*, nuint*, int, byte*, int, void*, int>)NativeLibrary.GetExport(library, "png_image_write_to_memory");
        free = (delegate* unmanaged<PngImage*, void>)NativeLibrary.GetExport(library, "png_image_free");
    }

    public static LibPng Library => Shared.Value;

    /// <summary>Decodes a file of checked size into memory of exactly its size.</summary>
    public void Read(ReadOnlySpan<byte> file, PngChunks header, Span<byte> destination)
    {
        PngImage image = new() { Version = Version };
        try
        {
            fixed (byte* source = file, target = destination)
            {
                if (beginRead(&image, source, (nuint)file.Length) == 0) throw Damaged(image);
                if (image.Height != header.Height || image.Width != header.Width) throw new InvalidDataException("The PNG image has two headers. It is damaged.");
                image.Format = header.BitDepth == 16 ? FormatLinear : Format(header.Channels);

                // Only chunks of pixels were passed on, so that a warning is about pixels as well.
                if (finishRead(&image, null, target, 0, null) == 0 || image.WarningOrError != 0) throw Damaged(image);
            }
        }
        finally
        {
            free(&image);
        }
    }

    /// <summary>Encodes an image.</summary>
    public byte[] Write(int height, int width, int channels, bool isDepth, ReadOnlySpan<byte> pixels, PngEffort effort)
    {
        PngImage image = new() { Version = Version, Height = (uint)height, Width = (uint)width, Format = isDepth ? FormatLinear : Format(channels), Flags = effort == PngEffort.Fast ? FlagFast : 0 };

        // Deflate stores what it cannot compress, with 5 bytes for each 16 kB; a filter byte a row; a kilobyte for the chunks around.
        long bound = pixels.Length + height + ((pixels.Length + height) / 1000) + 1024;
        byte[] file = GC.AllocateUninitializedArray<byte>(checked((int)bound));
        nuint length = (nuint)file.Length;
        try
        {
            fixed (byte* source = pixels, target = file)
            {
                if (write(&image, target, &length, 0, source, 0, null) == 0)
                    throw new InvalidOperationException($"libpng could not encode an image of {height} x {width} x {channels}: {Message(image)}.");
            }
        }
        finally
        {
            free(&image);
        }

        return file.AsSpan(0, (int)length).ToArray();
    }

    private static uint Format(int channels) => (channels >= 3 ? FormatColor : 0) | (channels is 2 or 4 ? FormatAlpha : 0);

    private static InvalidDataException Damaged(PngImage image) => new($"The PNG image is damaged (libpng: {Message(image)}). Copy it again.");

    private static string Message(PngImage image)
    {
        ReadOnlySpan<byte> text = image.Message;
        int end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }

    // png_image of png.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct PngImage
    {
        public nint Opaque;
        public uint Version, Width, Height, Format, Flags, ColormapEntries, WarningOrError;
        public MessageText Message;
    }

    [InlineArray(64)]
    private struct MessageText
    {
        private byte first;
    }
}
