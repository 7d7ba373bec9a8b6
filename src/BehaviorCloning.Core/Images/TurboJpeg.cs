using System.Runtime.InteropServices;

namespace BehaviorCloning.Images;

/// <summary>The functions of libturbojpeg that decoding and encoding take: those of version 2, which version 3 still has.</summary>
internal sealed unsafe class TurboJpeg
{
    private const int PixelsRgb = 0, PixelsGray = 6;
    private const int ColorsGray = 2, ColorsCmyk = 3;
    private const int SamplingGray = 3;
    private const int AccurateDct = 4096, StopOnWarning = 8192, LimitScans = 32768;
    private static readonly Lazy<TurboJpeg> Shared = new(() => new TurboJpeg(["libturbojpeg.so.0", "libturbojpeg.so", "libturbojpeg.0.dylib", "libturbojpeg.dylib", "turbojpeg.dll", "libturbojpeg.dll"]));

    private readonly delegate* unmanaged<nint> initDecompress;                                                            // tjInitDecompress
    private readonly delegate* unmanaged<nint> initCompress;                                                              // tjInitCompress
    private readonly delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int> decompressHeader;              // tjDecompressHeader3
    private readonly delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int> decompress;            // tjDecompress2
    private readonly delegate* unmanaged<nint, byte*, int, int, int, int, byte**, CULong*, int, int, int, int> compress;  // tjCompress2
    private readonly delegate* unmanaged<nint, nint> errorText;                                                           // tjGetErrorStr2
    private readonly delegate* unmanaged<nint, int> destroy;                                                              // tjDestroy
    private readonly delegate* unmanaged<byte*, void> free;                                                               // tjFree

    /// <summary>Loads the library by the first of these names that is there.</summary>
    /// <exception cref="DllNotFoundException">None of the names can be loaded; the message says what to install.</exception>
    internal TurboJpeg(IReadOnlyList<string> names)
    {
        nint library = ImageBound.Load("JPEG", names, "apt install libturbojpeg0 (Debian; libturbojpeg on Ubuntu), brew install jpeg-turbo (macOS), conda install libjpeg-turbo");
        initDecompress = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        initCompress = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "tjInitCompress");
        decompressHeader = (delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int>)NativeLibrary.GetExport(library, "tjDecompressHeader3");
        decompress = (delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        compress = (delegate* unmanaged<nint, byte*, int, int, int, int, byte**, CULong*, int, int, int, int>)NativeLibrary.GetExport(library, "tjCompress2");
        errorText = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        destroy = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
        free = (delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "tjFree");
    }

    public static TurboJpeg Library => Shared.Value;

    /// <summary>Reads a file's header and checks what it claims.</summary>
    public Reader Open(ReadOnlySpan<byte> file, int maxPixels)
    {
        if (file.Length < 4 || file[0] != 0xFF || file[1] != 0xD8) throw new InvalidDataException("This is no JPEG image: it does not begin with JPEG's marker.");
        nint handle = initDecompress();
        if (handle == 0) throw new InvalidOperationException($"libturbojpeg did not start: {ErrorOf(0)}.");
        try
        {
            int width = 0, height = 0, sampling = 0, colors = 0;
            fixed (byte* source = file)
            {
                if (decompressHeader(handle, source, new CULong((nuint)file.Length), &width, &height, &sampling, &colors) != 0) throw Damaged(handle);
            }

            if (colors >= ColorsCmyk) throw new InvalidDataException("This JPEG image is made for print (cyan, magenta, yellow, black). Save it in red, green and blue.");
            int channels = colors == ColorsGray ? 1 : 3;
            ImageBound.Require("JPEG image", height, width, (long)height * width * channels, file.Length, maxPixels);
            return new Reader(this, handle, height, width, channels);
        }
        catch
        {
            _ = destroy(handle);
            throw;
        }
    }

    /// <summary>Encodes an image.</summary>
    public byte[] Write(int height, int width, int channels, ReadOnlySpan<byte> pixels, int quality, JpegSampling sampling)
    {
        nint handle = initCompress();
        if (handle == 0) throw new InvalidOperationException($"libturbojpeg did not start: {ErrorOf(0)}.");
        byte* buffer = null;
        try
        {
            CULong length = default;
            bool isGray = channels == 1;
            fixed (byte* source = pixels)
            {
                if (compress(handle, source, width, 0, height, isGray ? PixelsGray : PixelsRgb, &buffer, &length, isGray ? SamplingGray : (int)sampling, quality, AccurateDct) != 0)
                    throw new InvalidOperationException($"libturbojpeg could not encode an image of {height} x {width} x {channels}: {ErrorOf(handle)}.");
            }

            return new ReadOnlySpan<byte>(buffer, checked((int)length.Value)).ToArray();
        }
        finally
        {
            free(buffer);
            _ = destroy(handle);
        }
    }

    private InvalidDataException Damaged(nint handle) => new($"The JPEG image is truncated or damaged (libturbojpeg: {ErrorOf(handle)}). Copy it again.");

    private string ErrorOf(nint handle) => Marshal.PtrToStringUTF8(errorText(handle)) ?? "no reason given";

    /// <summary>An opened file.</summary>
    public readonly struct Reader(TurboJpeg library, nint handle, int height, int width, int channels) : IDisposable
    {
        public int Height => height;

        public int Width => width;

        public int Channels => channels;

        /// <summary>Decodes the file that was opened into memory of exactly its size.</summary>
        public void Read(ReadOnlySpan<byte> file, Span<byte> destination)
        {
            fixed (byte* source = file, target = destination)
            {
                // A warning says that data is missing or wrong and was made up; hundreds of scans are an attack on time.
                int flags = AccurateDct | StopOnWarning | LimitScans;
                if (library.decompress(handle, source, new CULong((nuint)file.Length), target, width, 0, height, channels == 1 ? PixelsGray : PixelsRgb, flags) != 0)
                    throw library.Damaged(handle);
            }
        }

        public void Dispose() => _ = library.destroy(handle);
    }
}
