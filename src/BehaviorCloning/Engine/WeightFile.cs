using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>A tensor of a <see cref="WeightFile"/>.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its extents.</param>
public readonly record struct WeightEntry(ScalarType Type, IReadOnlyList<long> Shape);

/// <summary>
/// A file of named tensors: safetensors, or what PyTorch's <c>torch.save</c> writes. It is believed only as far as it has been checked, and no
/// code in it is run.
/// </summary>
public abstract class WeightFile : IDisposable
{
    /// <summary>Where it lies.</summary>
    public abstract string Path { get; }

    /// <summary>What tensors there are.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Opens a file, whichever of the formats it is in.</summary>
    /// <exception cref="InvalidDataException">It is sound in none of them; the message says where.</exception>
    public static WeightFile OpenAny(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using (FileStream file = File.OpenRead(path))
        {
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        return TorchArchive.Starts(start) ? TorchArchive.Open(path) : SafetensorsFile.Open(path);
    }

    /// <summary>Type and shape of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor; the message lists those there are.</exception>
    public abstract WeightEntry EntryOf(string name);

    /// <summary>Reads a tensor's values.</summary>
    /// <returns>A fresh tensor on the CPU.</returns>
    /// <exception cref="KeyNotFoundException">There is no such tensor; the message lists those there are.</exception>
    public abstract Tensor Read(string name);

    /// <summary>Copies the file's tensors into a module's parameters and persistent buffers.</summary>
    /// <exception cref="InvalidDataException">Names, shapes or types differ, or a value is not finite; the message lists every one, and nothing was changed.</exception>
    public void LoadInto(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        LoadInto(module.state_dict(), name => name);
    }

    /// <summary>Copies the file's tensors into tensors of other names: for weights published under names of their own.</summary>
    /// <param name="targets">What is to be filled, by our names: all of it.</param>
    /// <param name="nameOf">Our name of a tensor of the file; null for one that is left out.</param>
    /// <param name="converts">Whether floats of another precision are converted; without it they are a fault.</param>
    /// <exception cref="InvalidDataException">Names, shapes or types differ, or a value is not finite; the message lists every one, and nothing was changed.</exception>
    public void LoadInto(IReadOnlyDictionary<string, Tensor> targets, Func<string, string?> nameOf, bool converts = false)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(nameOf);
        List<string> faults = [];
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in Names.Order(StringComparer.Ordinal))
        {
            if (nameOf(name) is not { } ours) continue;
            if (!targets.ContainsKey(ours)) faults.Add($"{Quoted(name, ours)} is unexpected");
            else if (!sources.TryAdd(ours, name)) faults.Add($"{Quoted(name, ours)} is there twice, also as '{sources[ours]}'");
        }

        faults.InsertRange(0, targets.Keys.Except(sources.Keys).Order(StringComparer.Ordinal).Select(name => $"'{name}' is missing"));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        List<(Tensor Target, Tensor Values)> copies = [];
        foreach ((string ours, string name) in sources)
        {
            (WeightEntry entry, Tensor target) = (EntryOf(name), targets[ours]);
            if (!entry.Shape.SequenceEqual(target.shape))
            {
                faults.Add($"{Quoted(name, ours)} has shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", target.shape)}]");
            }
            else if (entry.Type != target.dtype && !(converts && is_floating_point(entry.Type) && is_floating_point(target.dtype)))
            {
                faults.Add($"{Quoted(name, ours)} is {entry.Type}, expected {target.dtype}");
            }
            else
            {
                Tensor values = Read(name);
                if (is_floating_point(entry.Type) && !values.isfinite().all().ToBoolean()) faults.Add($"{Quoted(name, ours)} holds values that are not finite");
                copies.Add((target, values));
            }
        }

        if (faults.Count > 0)
            throw new InvalidDataException($"'{Path}' does not fit the network ({faults.Count} faults): {string.Join("; ", faults)}. The weights are of another configuration, or damaged.");
        foreach ((Tensor target, Tensor values) in copies) target.copy_(values);

        static string Quoted(string name, string ours) => name == ours ? $"'{name}'" : $"'{name}' (here '{ours}')";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>What asking for an unknown name throws.</summary>
    protected KeyNotFoundException Unknown(string name) => new($"'{Path}' has no tensor '{name}'. It has: {string.Join(", ", Names)}.");

    /// <summary>Reads bytes at a place of the file into a tensor's memory.</summary>
    private protected static void Fill(FileStream stream, long offset, Tensor values, string name)
    {
        Span<byte> destination = values.bytes;
        for (int done = 0; done < destination.Length;)
        {
            int count = RandomAccess.Read(stream.SafeFileHandle, destination[done..], offset + done);
            if (count == 0) throw new InvalidDataException($"'{stream.Name}' ended inside tensor '{name}': the file changed while it was read.");
            done += count;
        }
    }
}
