using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>
/// Tensors by name in a file of PyTorch's <c>torch.save</c>: a zip file with a pickle and a record a storage, or (up to PyTorch 1.5) pickles
/// followed by the storages. The pickle is read by <see cref="TensorPickle"/>, which runs nothing.
/// </summary>
/// <remarks>
/// A tensor's name is its path through the dictionaries: <c>state_dict.module.conv1.weight</c>. Numbers and text beside the tensors are left out.
/// A tensor must lie inside its storage and hold no more values than it, so that nothing read is larger than the file.
/// </remarks>
public sealed class TorchArchive : WeightFile
{
    private const int DeepestDictionary = 16;
    private const int MostVisits = 1_000_000;
    private const int LongestName = 1000;
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    private readonly FileStream stream;
    private readonly Dictionary<string, (PickledTensor Tensor, long DataOffset)> tensors;

    private TorchArchive(FileStream stream, Dictionary<string, (PickledTensor Tensor, long DataOffset)> tensors)
    {
        this.stream = stream;
        this.tensors = tensors;
    }

    /// <inheritdoc/>
    public override string Path => stream.Name;

    /// <inheritdoc/>
    public override IEnumerable<string> Names => tensors.Keys;

    /// <summary>Opens a file and checks it: the directory, the pickle, and where every tensor lies.</summary>
    /// <exception cref="InvalidDataException">It is no sound file of tensors, or asks for code; the message says where.</exception>
    public static TorchArchive Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Span<byte> start = stackalloc byte[4];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stream.Position = 0;
            (object? root, Dictionary<string, (long Offset, long Length)> records) = start.StartsWith("PK"u8) ? ReadZip(stream) : ReadLegacy(stream);
            var tensors = new Dictionary<string, (PickledTensor Tensor, long DataOffset)>(StringComparer.Ordinal);
            foreach ((string name, PickledTensor tensor) in TensorsIn(root))
            {
                if (!records.TryGetValue(tensor.Storage.Key, out (long Offset, long Length) record)) throw new InvalidDataException($"storage '{tensor.Storage.Key}' of tensor '{name}' is missing");
                RequireInside(tensor, record.Length, name);
                if (!tensors.TryAdd(name, (tensor, record.Offset))) throw new InvalidDataException($"tensor '{name}' is there twice");
            }

            return new TorchArchive(stream, tensors);
        }
        catch (InvalidDataException fault)
        {
            stream.Dispose();
            throw new InvalidDataException($"'{path}' is not a sound PyTorch file of tensors: {fault.Message}.", fault);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override WeightEntry EntryOf(string name) => tensors.TryGetValue(name, out (PickledTensor Tensor, long) found) ? new WeightEntry(found.Tensor.Storage.Type, found.Tensor.Shape) : throw Unknown(name);

    /// <inheritdoc/>
    public override Tensor Read(string name)
    {
        if (!tensors.TryGetValue(name, out (PickledTensor Tensor, long DataOffset) found)) throw Unknown(name);
        PickledTensor tensor = found.Tensor;
        using DisposeScope scope = NewDisposeScope();
        long span = Span(tensor);
        Tensor values = empty(span, tensor.Storage.Type);
        Fill(stream, found.DataOffset + (tensor.Offset * tensor.Storage.ElementSize), values, name);
        return values.as_strided(tensor.Shape, tensor.Strides).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Whether a file that starts so may be one of PyTorch's: a zip file, or a pickle.</summary>
    internal static bool Starts(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK"u8) || (bytes.Length >= 4 && bytes[0] == 0x80 && bytes[1] is >= 2 and <= 5 && bytes[2] == 0x8a && bytes[3] == 10);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
    }

    // name/data.pkl, and name/data/0, name/data/1 ...
    private static (object? Root, Dictionary<string, (long Offset, long Length)> Records) ReadZip(FileStream stream)
    {
        const string Pickle = "/data.pkl";
        Dictionary<string, (long Offset, long Length)> entries = StoredZip.Read(stream);
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal))];
        if (pickles.Length != 1) throw new InvalidDataException($"it has {pickles.Length} entries 'data.pkl', expected one: it is another kind of zip file");
        string folder = pickles[0][..^Pickle.Length];
        if (entries.Keys.Any(name => name.StartsWith(folder + "/code/", StringComparison.Ordinal))) throw new InvalidDataException("it holds a program (TorchScript). Save its state dict instead");
        if (entries.TryGetValue(folder + "/byteorder", out (long Offset, long Length) order) && !(order.Length == 6 && Bytes(stream, order).AsSpan().SequenceEqual("little"u8)))
            throw new InvalidDataException("its values are not little endian");
        (long offset, long length) = entries[pickles[0]];
        stream.Position = offset;
        object? root = TensorPickle.Read(stream, offset + length);
        string data = folder + "/data/";
        return (root, entries.Where(pair => pair.Key.StartsWith(data, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[data.Length..], pair => pair.Value, StringComparer.Ordinal));
    }

    // Pickles: a magic number, the version, the machine, the object, the storages' keys. Then for each key how many values, and the values.
    private static (object? Root, Dictionary<string, (long Offset, long Length)> Records) ReadLegacy(FileStream stream)
    {
        if (TensorPickle.Read(stream, stream.Length) is not BigInteger magic || magic != LegacyMagic) throw new InvalidDataException("it does not start as such a file does");
        if (TensorPickle.Read(stream, stream.Length) is not 1001L) throw new InvalidDataException("its format's version is not 1001");
        if (TensorPickle.Read(stream, stream.Length) is not Dictionary<object, object?> machine || machine.GetValueOrDefault("little_endian") is not true) throw new InvalidDataException("its values are not little endian");
        object? root = TensorPickle.Read(stream, stream.Length);
        if (TensorPickle.Read(stream, stream.Length) is not List<object?> keys) throw new InvalidDataException("it has no list of storages");
        var sizes = new Dictionary<string, (int Size, long Count)>(StringComparer.Ordinal);
        foreach ((_, PickledTensor tensor) in TensorsIn(root)) sizes[tensor.Storage.Key] = (tensor.Storage.ElementSize, tensor.Storage.Count);
        var records = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        foreach (object? key in keys)
        {
            if (key is not string name || !sizes.TryGetValue(name, out (int Size, long Count) expected)) throw new InvalidDataException($"storage '{key}' belongs to no tensor");
            if (stream.Length - stream.Position < sizeof(long)) throw new InvalidDataException($"it ends before storage '{name}'");
            long count = BinaryPrimitives.ReadInt64LittleEndian(Bytes(stream, (stream.Position, sizeof(long))));
            if (count < 0 || count != expected.Count || count > (stream.Length - stream.Position) / expected.Size) throw new InvalidDataException($"storage '{name}' should hold {expected.Count} values, but announces {count}, and {stream.Length - stream.Position} bytes follow");
            if (!records.TryAdd(name, (stream.Position, count * expected.Size))) throw new InvalidDataException($"storage '{name}' is there twice");
            stream.Position += count * expected.Size;
        }

        return (root, records);
    }

    // Every tensor with its path. Dictionaries may be shared, so that a small file could describe endlessly many paths: what is visited is counted.
    private static List<(string Path, PickledTensor Tensor)> TensorsIn(object? root)
    {
        List<(string, PickledTensor)> found = [];
        int visited = 0;
        Visit(root, "", 0);
        return found;

        void Visit(object? value, string path, int depth)
        {
            if (++visited > MostVisits || depth > DeepestDictionary) throw new InvalidDataException($"its dictionaries are nested more than {DeepestDictionary} deep, or hold more than {MostVisits} values");
            if (value is PickledTensor tensor) found.Add((path, tensor));
            else if (value is Dictionary<object, object?> dictionary)
            {
                foreach ((object key, object? item) in dictionary)
                {
                    string name = Convert.ToString(key, CultureInfo.InvariantCulture)!;
                    if (name.Length > LongestName) throw new InvalidDataException($"a name is longer than {LongestName} characters");
                    Visit(item, path.Length == 0 ? name : $"{path}.{name}", depth + 1);
                }
            }
        }
    }

    private static void RequireInside(PickledTensor tensor, long recordLength, string path)
    {
        PickledStorage storage = tensor.Storage;
        if (storage.Count > recordLength / storage.ElementSize || storage.Count * storage.ElementSize != recordLength)
            throw new InvalidDataException($"storage '{storage.Key}' of tensor '{path}' should hold {storage.Count} values of {storage.ElementSize} bytes, but has {recordLength} bytes");
        if (tensor.Shape.Length != tensor.Strides.Length) throw new InvalidDataException($"tensor '{path}' has {tensor.Shape.Length} extents and {tensor.Strides.Length} strides");
        try
        {
            long values = tensor.Shape.Aggregate(1L, (product, extent) => checked(product * extent));
            if (values > storage.Count || checked(tensor.Offset + Span(tensor)) > storage.Count || tensor.Offset < 0)
                throw new InvalidDataException($"tensor '{path}' of shape [{string.Join(", ", tensor.Shape)}] and strides [{string.Join(", ", tensor.Strides)}] at {tensor.Offset} does not lie inside its storage of {storage.Count} values");
            if (Span(tensor) * storage.ElementSize > int.MaxValue) throw new InvalidDataException($"tensor '{path}' has more than {int.MaxValue} bytes");
        }
        catch (OverflowException overflow)
        {
            throw new InvalidDataException($"tensor '{path}' of shape [{string.Join(", ", tensor.Shape)}] and strides [{string.Join(", ", tensor.Strides)}] is larger than can be", overflow);
        }
    }

    // From its first value to its last.
    private static long Span(PickledTensor tensor) => tensor.Shape.Contains(0) ? 0 : tensor.Shape.Zip(tensor.Strides).Aggregate(1L, (span, d) => checked(span + ((d.First - 1) * d.Second)));

    private static byte[] Bytes(FileStream stream, (long Offset, long Length) range)
    {
        byte[] bytes = new byte[range.Length];
        stream.Position = range.Offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
