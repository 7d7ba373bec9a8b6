using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>
/// Tensors by name in a safetensors file: 8 bytes of header length (little endian), a JSON header, then the values.
/// A file is believed only as far as it has been checked: header size, names, types, and that every range lies inside the file and
/// overlaps no other.
/// </summary>
/// <remarks>The format is safetensors 0.x of Hugging Face; files can be exchanged with Python.</remarks>
public sealed class SafetensorsFile : WeightFile
{
    /// <summary>The largest header that is read, as in the reference implementation: 100 MB.</summary>
    public const int HeaderLimit = 100_000_000;

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    private readonly FileStream stream;
    private readonly long dataStart;
    private readonly Dictionary<string, SafetensorsEntry> entries;
    private readonly Dictionary<string, string> metadata;

    private SafetensorsFile(FileStream stream, long dataStart, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> metadata)
    {
        this.stream = stream;
        this.dataStart = dataStart;
        this.entries = entries;
        this.metadata = metadata;
    }

    /// <inheritdoc/>
    public override string Path => stream.Name;

    /// <inheritdoc/>
    public override IEnumerable<string> Names => entries.Keys;

    /// <summary>Where each tensor lies.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => entries;

    /// <summary>Text kept beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InvalidDataException">It is not a sound safetensors file; the message says where.</exception>
    public static SafetensorsFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return Open(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override WeightEntry EntryOf(string name) => entries.TryGetValue(name, out SafetensorsEntry? entry) ? new WeightEntry(entry.Type, entry.Shape) : throw Unknown(name);

    /// <inheritdoc/>
    public override Tensor Read(string name)
    {
        if (!entries.TryGetValue(name, out SafetensorsEntry? entry)) throw Unknown(name);
        Tensor values = empty([.. entry.Shape], entry.Type);
        Fill(stream, dataStart + entry.Offset, values, name);
        return values;
    }

    /// <summary>Writes a module's parameters and persistent buffers.</summary>
    public static void Save(string path, nn.Module module, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        Write(path, module.state_dict(), metadata);
    }

    /// <summary>Writes tensors. The file appears whole or not at all.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        // Largest elements first, then by name: every tensor starts at a multiple of its element size, as the format asks.
        (string Name, Tensor Values, int Type)[] ordered = [.. tensors
            .Select(pair => (pair.Key, pair.Value, IndexOf(pair.Value.dtype, pair.Key)))
            .OrderByDescending(t => Types[t.Item3].Size).ThenBy(t => t.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);

        string temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            file.Write(length);
            file.Write(header);
            foreach ((_, Tensor values, _) in ordered)
            {
                using DisposeScope scope = NewDisposeScope();
                file.Write(values.detach().cpu().contiguous().bytes);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
    }

    private static SafetensorsFile Open(FileStream stream, string path)
    {
        long size = stream.Length;
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        if (size < prefix.Length) throw Damaged(path, $"it has {size} bytes, too few for a header length");
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > HeaderLimit || (long)headerLength > size - prefix.Length)
            throw Damaged(path, $"it announces a header of {headerLength} bytes, but has {size} bytes in all (at most {HeaderLimit} are read)");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);

        long dataStart = prefix.Length + (long)headerLength;
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Damaged(path, "its header is not a JSON object");
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                {
                    foreach (JsonProperty text in property.Value.EnumerateObject())
                        metadata[text.Name] = text.Value.GetString() ?? throw Damaged(path, $"metadata '{text.Name}' is no text");
                }
                else if (!entries.TryAdd(property.Name, Entry(path, property, size - dataStart)))
                {
                    throw Damaged(path, $"tensor '{property.Name}' is there twice");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"'{path}' is not a sound safetensors file: its header cannot be read ({e.Message}).", e);
        }

        long expected = 0;
        foreach ((string name, SafetensorsEntry entry) in entries.OrderBy(pair => pair.Value.Offset).ThenBy(pair => pair.Value.Length))
        {
            if (entry.Offset != expected) throw Damaged(path, $"tensor '{name}' starts at {entry.Offset}, expected {expected}: ranges must follow each other without gap or overlap");
            expected += entry.Length;
        }

        if (expected != size - dataStart) throw Damaged(path, $"its tensors take {expected} bytes, but {size - dataStart} follow the header: it is cut off or has something appended");
        return new SafetensorsFile(stream, dataStart, entries, metadata);
    }

    private static SafetensorsEntry Entry(string path, JsonProperty property, long dataLength)
    {
        string? type = property.Value.GetProperty("dtype").GetString();
        int index = Array.FindIndex(Types, t => t.Name == type);
        if (index < 0) throw Damaged(path, $"tensor '{property.Name}' has type '{type}'; known are {string.Join(", ", Types.Select(t => t.Name))}");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (shape.Any(extent => extent < 0)) throw Damaged(path, $"tensor '{property.Name}' has shape [{string.Join(", ", shape)}]");
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > dataLength)
            throw Damaged(path, $"tensor '{property.Name}' lies at [{string.Join(", ", offsets)}], but the file has {dataLength} bytes of values");
        long bytes = shape.Aggregate((long)Types[index].Size, (product, extent) => checked(product * extent));
        if (bytes != offsets[1] - offsets[0])
            throw Damaged(path, $"tensor '{property.Name}' of type {type} and shape [{string.Join(", ", shape)}] needs {bytes} bytes, but has {offsets[1] - offsets[0]}");
        if (bytes > int.MaxValue) throw Damaged(path, $"tensor '{property.Name}' has {bytes} bytes; at most {int.MaxValue} can be read");
        return new SafetensorsEntry(Types[index].Type, shape, offsets[0], bytes);
    }

    private static byte[] Header((string Name, Tensor Values, int Type)[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Tensor values, int type) in tensors)
            {
                long bytes = values.numel() * Types[type].Size;
                if (bytes > int.MaxValue) throw new ArgumentException($"Tensor '{name}' has {bytes} bytes; at most {int.MaxValue} can be written.");
                json.WriteStartObject(name);
                json.WriteString("dtype", Types[type].Name);
                json.WriteStartArray("shape");
                foreach (long extent in values.shape) json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset + bytes);
                json.WriteEndArray();
                json.WriteEndObject();
                offset += bytes;
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the values are aligned.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static int IndexOf(ScalarType type, string name)
    {
        int index = Array.FindIndex(Types, t => t.Type == type);
        return index >= 0 ? index : throw new ArgumentException($"Tensor '{name}' is {type}, which safetensors files cannot hold.");
    }

    private static InvalidDataException Damaged(string path, string what) => new($"'{path}' is not a sound safetensors file: {what}.");
}

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Offset">Its first byte, counted from the end of the header.</param>
/// <param name="Length">Its size in bytes.</param>
public sealed record SafetensorsEntry(ScalarType Type, IReadOnlyList<long> Shape, long Offset, long Length);
