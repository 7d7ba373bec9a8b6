using System.Runtime.InteropServices;

namespace BehaviorCloning.Datasets;

/// <summary>The three functions of the C library Blosc (version 1) that decompressing a Zarr chunk takes.</summary>
internal sealed unsafe class Blosc
{
    private static readonly Lazy<Blosc> Shared = new(() => new Blosc(["libblosc.so.1", "libblosc.so", "libblosc.1.dylib", "libblosc.dylib", "blosc", "libblosc"]));

    private readonly delegate* unmanaged<byte*, nuint, nuint*, int> validate;                       // blosc_cbuffer_validate
    private readonly delegate* unmanaged<byte*, byte*, nuint, int, int> decompress;                 // blosc_decompress_ctx

    /// <summary>Loads the library by the first of these names that is there.</summary>
    /// <exception cref="DllNotFoundException">None of the names can be loaded; the message says what to install.</exception>
    internal Blosc(IReadOnlyList<string> names)
    {
        nint library = 0;
        if (!names.Any(name => NativeLibrary.TryLoad(name, typeof(Blosc).Assembly, null, out library)))
            throw new DllNotFoundException($"This Zarr array is compressed with Blosc, whose library ({names[0]}) is not installed. Install it: apt install libblosc1 (Debian, Ubuntu), brew install c-blosc (macOS), conda install blosc.");
        validate = (delegate* unmanaged<byte*, nuint, nuint*, int>)NativeLibrary.GetExport(library, "blosc_cbuffer_validate");
        decompress = (delegate* unmanaged<byte*, byte*, nuint, int, int>)NativeLibrary.GetExport(library, "blosc_decompress_ctx");
    }

    public static Blosc Library => Shared.Value;

    /// <summary>Decompresses a chunk that must hold exactly the destination's bytes.</summary>
    /// <exception cref="InvalidDataException">It is truncated or damaged.</exception>
    public void Decompress(ReadOnlySpan<byte> chunk, Span<byte> destination, string where)
    {
        fixed (byte* source = chunk, target = destination)
        {
            // The header's own sizes are checked against the file's before anything is decompressed.
            nuint bytes = 0;
            if (chunk.Length < 16 || validate(source, (nuint)chunk.Length, &bytes) != 0)
                throw new InvalidDataException($"{where} is no sound Blosc chunk ({chunk.Length} bytes): truncated or damaged. Copy the dataset again.");
            if (bytes != (nuint)destination.Length)
                throw new InvalidDataException($"{where} holds {bytes} bytes, expected {destination.Length} by the array's shape and type. The chunk or the array's .zarray is damaged.");
            int written = decompress(source, target, (nuint)destination.Length, 1);
            if (written != destination.Length)
                throw new InvalidDataException($"{where} cannot be decompressed (Blosc returned {written} for {destination.Length} bytes): the chunk is damaged, or this libblosc was built without its codec. Copy the dataset again.");
        }
    }
}
