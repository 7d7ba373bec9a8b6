using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace BehaviorCloning.Datasets;

/// <summary>
/// A file's bytes in the address space, without reading them. After <see cref="Close"/> nothing new can be reached; the pages
/// themselves go when nobody refers to them any more, so a thread that is copying at that moment finishes its copy and does not crash.
/// </summary>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedViewAccessor view;
    private readonly string path;
    private readonly byte* start;
    private readonly long length;
    private volatile bool closed;

    public MappedFile(string path, long length)
    {
        this.path = path;
        this.length = length;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        start = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset;
    }

    public void Close() => closed = true;

    public byte* At(long offset, long bytes)
    {
        ObjectDisposedException.ThrowIf(closed, typeof(EpisodeStore));
        if (offset < 0 || bytes < 0 || offset > length - bytes)
            throw new InvalidDataException($"Bytes {offset} to {offset + bytes} of '{path}' were asked for, which has {length}.");
        return start + offset;
    }

    /// <summary>A column as memory that stays with this mapping.</summary>
    public ReadOnlyMemory<float> Singles(long offset, int count)
    {
        _ = At(offset, (long)count * sizeof(float));
        return new Column(this, offset, count).Memory;
    }

    private sealed class Column(MappedFile file, long offset, int count) : MemoryManager<float>
    {
        public override Memory<float> Memory => CreateMemory(count);

        public override Span<float> GetSpan() => new(file.At(offset, (long)count * sizeof(float)), count);

        // Mapped pages do not move, so there is nothing to pin; the handle keeps this object and so the mapping alive.
        public override MemoryHandle Pin(int elementIndex = 0) => new((float*)file.At(offset, (long)count * sizeof(float)) + elementIndex, default, this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
