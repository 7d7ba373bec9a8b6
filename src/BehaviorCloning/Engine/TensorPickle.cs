using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>A storage that a pickle refers to: values in the file beside it.</summary>
internal sealed record PickledStorage(string Key, ScalarType Type, int ElementSize, long Count);

/// <summary>A tensor in a pickle: a view of a storage.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads the part of Python's pickle language that files of tensors are written in. A pickle is a program; this interpreter knows only
/// instructions that make numbers, text, lists, tuples and dictionaries, and of functions only those that make a tensor of a storage. It
/// calls nothing, and any other instruction or name ends it.
/// </summary>
internal sealed class TensorPickle
{
    // A tensor takes about 200 bytes here: its name, shape and place.
    private const int MostBytes = 16 << 20;
    private const int MostValues = 1_000_000;

    private static readonly string[] Functions =
        ["collections.OrderedDict", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor", "torch._utils._rebuild_parameter"];

    private static readonly Dictionary<string, (ScalarType Type, int Size)> Storages = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = (ScalarType.Float32, 4), ["torch.DoubleStorage"] = (ScalarType.Float64, 8), ["torch.HalfStorage"] = (ScalarType.Float16, 2),
        ["torch.BFloat16Storage"] = (ScalarType.BFloat16, 2), ["torch.LongStorage"] = (ScalarType.Int64, 8), ["torch.IntStorage"] = (ScalarType.Int32, 4),
        ["torch.ShortStorage"] = (ScalarType.Int16, 2), ["torch.CharStorage"] = (ScalarType.Int8, 1), ["torch.ByteStorage"] = (ScalarType.Byte, 1),
        ["torch.BoolStorage"] = (ScalarType.Bool, 1),
    };

    private readonly Stream stream;
    private readonly long end;
    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];

    private TensorPickle(Stream stream, long end)
    {
        this.stream = stream;
        this.end = Math.Min(end, stream.Position + MostBytes);
    }

    /// <summary>Reads one pickle; the stream stands behind it afterwards.</summary>
    /// <param name="stream">Stands at its first byte.</param>
    /// <param name="end">Where it must have ended.</param>
    /// <returns>null, bool, long, BigInteger, double, string, List, object[] (a tuple), Dictionary, <see cref="PickledStorage"/> or <see cref="PickledTensor"/>.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or does something that tensors do not need; the message says what, and does not name the file.</exception>
    public static object? Read(Stream stream, long end) => new TensorPickle(stream, end).Run();

    private object? Run()
    {
        while (true)
        {
            byte code = Bytes(1)[0];
            switch (code)
            {
                case 0x80: Bytes(1); break;                                          // PROTO
                case 0x95: Bytes(8); break;                                          // FRAME
                case (byte)'.': return Pop();                                        // STOP
                case (byte)'(': marks.Add(stack.Count); RequireRoom(marks.Count); break;
                case (byte)'0': Pop(); break;
                case (byte)'1': Marked(); break;                                     // POP_MARK
                case (byte)'2': Push(Top()); break;                                  // DUP
                case (byte)'N': Push(null); break;
                case 0x88: Push(true); break;
                case 0x89: Push(false); break;
                case (byte)'K': Push((long)Bytes(1)[0]); break;
                case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
                case (byte)'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
                case 0x8a: Push(Whole(Bytes(Bytes(1)[0]))); break;                   // LONG1
                case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
                case (byte)'X': Push(Text(Length32())); break;
                case 0x8c: Push(Text(Bytes(1)[0])); break;                           // SHORT_BINUNICODE
                case (byte)'U': Push(Text(Bytes(1)[0])); break;                      // SHORT_BINSTRING, of Python 2
                case (byte)'T': Push(Text(Length32())); break;                       // BINSTRING
                case (byte)']': Push(new List<object?>()); break;
                case (byte)')': Push(Array.Empty<object?>()); break;
                case (byte)'}': Push(new Dictionary<object, object?>()); break;
                case (byte)'l': Push(new List<object?>(Marked())); break;
                case (byte)'t': Push(Marked()); break;
                case 0x85: Push(new[] { Pop() }); break;                             // TUPLE1 to TUPLE3
                case 0x86: Push(Last(2)); break;
                case 0x87: Push(Last(3)); break;
                case (byte)'a': object? item = Pop(); TopAs<List<object?>>("a list").Add(item); break;
                case (byte)'e': object?[] items = Marked(); TopAs<List<object?>>("a list").AddRange(items); break;
                case (byte)'d': object?[] fresh = Marked(); Push(new Dictionary<object, object?>()); Set(fresh); break;
                case (byte)'s': Set(Last(2)); break;
                case (byte)'u': Set(Marked()); break;
                case (byte)'q': memo[Bytes(1)[0]] = Top(); break;
                case (byte)'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Top(); break;
                case 0x94: memo[memo.Count] = Top(); break;                          // MEMOIZE
                case (byte)'h': Push(Remembered(Bytes(1)[0])); break;
                case (byte)'j': Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
                case (byte)'c': Push(NameOf(Line(), Line())); break;                 // GLOBAL
                case 0x93: object?[] names = Last(2); Push(NameOf(names[0] as string, names[1] as string)); break;
                case (byte)'Q': Push(StorageOf(Pop())); break;                       // BINPERSID
                case (byte)'R': object?[] call = Last(2); Push(Make(call[0] as PickledName, call[1] as object?[] ?? throw Fault("a function gets no tuple of arguments"))); break;
                case (byte)'b': BuildUpon(Pop()); break;
                default: throw Fault($"it has the instruction 0x{code:x2}, which tensors do not need");
            }
        }
    }

    // What may be asked for by name. A name is only ever compared, never looked up.
    private static PickledName NameOf(string? module, string? name)
    {
        string full = $"{module}.{name}";
        return Functions.Contains(full, StringComparer.Ordinal) || Storages.ContainsKey(full)
            ? new PickledName(full)
            : throw Fault($"it asks for '{full}'. Tensors need only {string.Join(", ", Functions)} and storages; a file that asks for more can run code where Python loads it. Nothing of it was run. Save the tensors alone (a state dict), or as safetensors");
    }

    private static object? Make(PickledName? function, object?[] arguments)
    {
        switch (function?.Name, arguments.Length)
        {
            case ("collections.OrderedDict", 0): return new Dictionary<object, object?>();
            case ("torch._utils._rebuild_tensor_v2", >= 4) or ("torch._utils._rebuild_tensor", 4):
                if (arguments[0] is PickledStorage storage && arguments[1] is long offset) return new PickledTensor(storage, offset, Extents(arguments[2]), Extents(arguments[3]));
                break;
            case ("torch._utils._rebuild_parameter", >= 1): return arguments[0];
        }

        throw Fault($"it calls {function?.Name ?? "something that is no function"} with {arguments.Length} arguments of a kind that make no tensor");
    }

    // ('storage', its type, its key, where it was, how many values, and in old files the storage it is a part of).
    private static PickledStorage StorageOf(object? id)
    {
        if (id is not object?[] { Length: 5 or 6 } parts || parts[0] is not "storage" || parts[1] is not PickledName type || parts[2] is not string key || parts[4] is not long count || count < 0
            || !Storages.TryGetValue(type.Name, out (ScalarType Type, int Size) element))
        {
            throw Fault("it refers to something that is no storage");
        }

        if (parts.Length == 6 && parts[5] is not null) throw Fault($"storage '{key}' is a part of another; save the file again with a newer PyTorch");
        return new PickledStorage(key, element.Type, element.Size, count);
    }

    private static long[] Extents(object? value) => value is object?[] tuple && tuple.All(extent => extent is long and >= 0)
        ? [.. tuple.Select(extent => (long)extent!)]
        : throw Fault("a tensor's shape or strides are no tuple of whole numbers that are not negative");

    // Attributes of a dictionary (a state dict's version numbers) are left out; nothing else has any.
    private void BuildUpon(object? state)
    {
        if (state is not Dictionary<object, object?>) throw Fault("it sets the state of an object with something that is no dictionary");
        TopAs<Dictionary<object, object?>>("a dictionary");
    }

    private void Set(object?[] pairs)
    {
        Dictionary<object, object?> dictionary = TopAs<Dictionary<object, object?>>("a dictionary");
        if (pairs.Length % 2 != 0) throw Fault("a dictionary gets a key without a value");
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (pairs[i] is not (string or long or double or bool)) throw Fault("a dictionary's key is neither text nor a number");
            dictionary[pairs[i]!] = pairs[i + 1];
        }
    }

    private void Push(object? value)
    {
        stack.Add(value);
        RequireRoom(stack.Count);
    }

    private object? Pop() => Last(1)[0];

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Fault("it takes from an empty stack");

    private T TopAs<T>(string what)
        where T : class => Top() as T ?? throw Fault($"it treats something as {what} that is none");

    private object?[] Last(int count)
    {
        if (stack.Count - Floor < count) throw Fault("it takes from an empty stack");
        object?[] values = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    // What stands below the last mark is not to be taken.
    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    private object?[] Marked()
    {
        if (marks.Count == 0) throw Fault("it takes up to a mark that was never set");
        int mark = marks[^1];
        object?[] values = [.. stack[mark..]];
        stack.RemoveRange(mark, stack.Count - mark);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    private object? Remembered(long index) => memo.TryGetValue(index, out object? value) ? value : throw Fault($"it recalls {index}, which it never kept");

    private string Line()
    {
        var line = new StringBuilder();
        for (byte next; (next = Bytes(1)[0]) != '\n';)
        {
            if (line.Length == 200) throw Fault("a name is longer than 200 characters");
            line.Append((char)next);
        }

        return line.ToString();
    }

    private string Text(int length) => Encoding.UTF8.GetString(Bytes(length));

    private int Length32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)) is var length && length <= MostBytes ? (int)length : throw Fault($"a text of {length} bytes is announced");

    private static object Whole(byte[] bytes) => new BigInteger(bytes) is var value && value >= long.MinValue && value <= long.MaxValue ? (long)value : value;

    // Nothing is allocated for bytes that are not there.
    private byte[] Bytes(int count)
    {
        if (count > end - stream.Position) throw Fault($"it ends within an instruction, or is longer than {MostBytes} bytes");
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void RequireRoom(int count)
    {
        if (count > MostValues) throw Fault($"it puts more than {MostValues} values on its stack");
    }

    private static InvalidDataException Fault(string what) => new(what);

    private sealed record PickledName(string Name);
}
