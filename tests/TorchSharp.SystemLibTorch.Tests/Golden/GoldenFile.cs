using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>
/// One safetensors file of values made with PyTorch (golden/make_golden.py). The header is read when the class is; a tensor is made when it is asked for,
/// outside any dispose scope, and kept.
/// </summary>
internal sealed class GoldenFile
{
    /// <summary>The seed of every random operator and of every module's initial weights: SEED in golden/golden.py.</summary>
    public const long Seed = 20240607;

    private readonly byte[] _content;
    private readonly int _start;
    private readonly Dictionary<string, (ScalarType Type, long[] Shape, int Begin, int End)> _entries = [];
    private readonly Dictionary<string, Tensor> _tensors = [];

    private GoldenFile(string name)
    {
        _content = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "golden", name));
        _start = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(_content);
        using JsonDocument header = JsonDocument.Parse(_content.AsMemory(8, _start - 8));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            _entries.Add(entry.Name, (TypeOf(entry.Value.GetProperty("dtype").GetString()!), shape, offsets[0], offsets[1]));
        }
    }

    public static GoldenFile Operators { get; } = new("operators.safetensors");

    public static GoldenFile Modules { get; } = new("modules.safetensors");

    public static GoldenFile Training { get; } = new("training.safetensors");

    public IReadOnlyCollection<string> Keys => _entries.Keys;

    public bool Contains(string key) => _entries.ContainsKey(key);

    /// <summary>The part of each key before the colon: the names of the cases.</summary>
    public IEnumerable<string> Cases => _entries.Keys.Select(key => key[..key.IndexOf(':', StringComparison.Ordinal)]).Distinct();

    /// <summary>What follows <paramref name="prefix"/> in the keys that start with it, in the file's order.</summary>
    public string[] Below(string prefix) =>
        [.. _entries.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];

    public Tensor this[string key]
    {
        get
        {
            if (_tensors.TryGetValue(key, out Tensor? known))
            {
                return known;
            }

            (ScalarType type, long[] shape, int begin, int end) = _entries[key];
            Tensor tensor = torch.empty(shape, type).DetachFromDisposeScope();
            _content.AsSpan(_start + begin, end - begin).CopyTo(tensor.bytes);
            return _tensors[key] = tensor;
        }
    }

    /// <summary>The tensors <c>name:kind0</c>, <c>name:kind1</c>, ... as far as they go.</summary>
    public Tensor[] Numbered(string name, string kind)
    {
        List<Tensor> tensors = [];
        while (Contains($"{name}:{kind}{tensors.Count}"))
        {
            tensors.Add(this[$"{name}:{kind}{tensors.Count}"]);
        }

        return [.. tensors];
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "F32" => ScalarType.Float32,
        "F64" => ScalarType.Float64,
        "F16" => ScalarType.Float16,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        "I32" => ScalarType.Int32,
        "I16" => ScalarType.Int16,
        "I8" => ScalarType.Int8,
        "U8" => ScalarType.Byte,
        "BOOL" => ScalarType.Bool,
        _ => throw new InvalidDataException($"Unknown safetensors dtype {name}."),
    };
}
