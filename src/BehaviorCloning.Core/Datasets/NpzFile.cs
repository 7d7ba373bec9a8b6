using System.IO.Compression;

namespace BehaviorCloning.Datasets;

/// <summary>Named arrays in one file, as numpy.savez and numpy.savez_compressed write it: a zip of npy files.</summary>
public sealed class NpzFile : IDisposable
{
    private readonly string path;
    private readonly ZipArchive zip;
    private readonly long fileLength;

    private NpzFile(string path, ZipArchive zip, long fileLength)
    {
        this.path = path;
        this.zip = zip;
        this.fileLength = fileLength;
    }

    /// <summary>The names of the arrays.</summary>
    public IEnumerable<string> Names => zip.Entries.Select(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName);

    /// <summary>Opens a file. Arrays are read when asked for.</summary>
    /// <exception cref="InvalidDataException">It is no npz file, or truncated.</exception>
    public static NpzFile Open(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            long length = file.Length;
            return new NpzFile(path, new ZipArchive(file, ZipArchiveMode.Read), length);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            file.Dispose();
            throw new InvalidDataException($"'{path}' is no npz file or was truncated: {fault.Message} Copy it again, or save it with numpy.savez.", fault);
        }
    }

    /// <summary>Reads an array and checks its checksum.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names there are.</exception>
    /// <exception cref="InvalidDataException">It is truncated or damaged.</exception>
    public NpyArray Read(string name)
    {
        string where = $"Array '{name}' of '{path}'";
        ZipArchiveEntry entry = zip.GetEntry($"{name}.npy") ?? zip.GetEntry(name)
            ?? throw new KeyNotFoundException($"'{path}' has no array '{name}'. It has: {string.Join(", ", Names)}.");
        if (entry.CompressedLength > fileLength)
            throw new InvalidDataException($"{where} claims {entry.CompressedLength} stored bytes, more than the file's {fileLength}. The file is damaged.");
        byte[] bytes = new byte[AllocationBound.Require(entry.Length, entry.CompressedLength, where)];
        try
        {
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{where} cannot be unpacked: {fault.Message} The file is truncated or damaged: copy it again.", fault);
        }

        if (Crc32.Of(bytes) is var sum && sum != entry.Crc32)
            throw new InvalidDataException($"{where} has checksum {sum:x8}, expected {entry.Crc32:x8}. The file is damaged: copy it again.");
        return NpyArray.Parse(bytes, where);
    }

    /// <summary>Writes arrays to a file, replacing it as a whole: it is never seen half-written.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NpyArray>> arrays, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        AtomicFile.Write(path, stream =>
        {
            using ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, NpyArray array) in arrays)
            {
                using Stream entry = zip.CreateEntry($"{name}.npy", compression).Open();
                array.Write(entry);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();
}
