using System.Text;
using System.Text.Json;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>
/// Everything a run needs to go on: weights, their average, moments, buffers and random streams as tensors, and the numbers of
/// <see cref="RunState"/>. The folder <c>state</c> of a run is replaced as a whole, so that a crash while saving leaves the one before.
/// </summary>
public sealed class RunCheckpoint : IDisposable
{
    private const string StateFile = "run.json", TensorFile = "run.safetensors", RandomPrefix = "random/";
    private readonly SafetensorsFile tensors;

    private RunCheckpoint(string folder, RunState state, SafetensorsFile tensors)
    {
        Folder = folder;
        State = state;
        this.tensors = tensors;
        RandomStates = tensors.Entries.Keys.Where(name => name.StartsWith(RandomPrefix, StringComparison.Ordinal))
            .ToDictionary(name => name[RandomPrefix.Length..], name =>
            {
                using Tensor state = tensors.Read(name);
                return state.bytes.ToArray();
            });
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Its numbers.</summary>
    public RunState State { get; }

    /// <summary>The states of the random streams.</summary>
    internal IReadOnlyDictionary<string, byte[]> RandomStates { get; }

    /// <summary>Whether a run folder holds a checkpoint.</summary>
    public static bool Exists(string runFolder) => AtomicFolder.Find(StateFolder(runFolder)) is not null;

    /// <summary>Opens the checkpoint of a run.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer format.</exception>
    public static RunCheckpoint Load(string runFolder)
    {
        string folder = AtomicFolder.Find(StateFolder(runFolder))
            ?? throw new DirectoryNotFoundException($"'{runFolder}' holds no checkpoint of a run (a folder 'state'). Give the run folder that Trainer.Train was given; a policy's folder cannot be resumed.");
        string path = Path.Combine(folder, StateFile);
        string json = File.ReadAllText(path);
        RequireVersion(json, path);
        RunState state;
        try
        {
            state = ConfigJson.Read<RunState>(json);
        }
        catch (FormatException exception)
        {
            throw new InvalidDataException($"'{path}' does not describe a run. {exception.Message}", exception);
        }

        var tensors = SafetensorsFile.Open(Path.Combine(folder, TensorFile));
        try
        {
            return new RunCheckpoint(folder, state, tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Saves a checkpoint in place of the one before.</summary>
    /// <returns>Its folder.</returns>
    internal static string Save(string runFolder, RunState state, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, byte[]> randomStates)
    {
        using DisposeScope scope = NewDisposeScope();
        var all = new Dictionary<string, Tensor>(tensors, StringComparer.Ordinal);
        foreach ((string name, byte[] bytes) in randomStates)
        {
            Tensor tensor = empty(bytes.Length, dtype: ScalarType.Byte);
            bytes.CopyTo(tensor.bytes);
            all[RandomPrefix + name] = tensor;
        }

        string folder = StateFolder(runFolder);
        Directory.CreateDirectory(runFolder);
        AtomicFolder.Replace(folder, fresh =>
        {
            SafetensorsFile.Write(Path.Combine(fresh, TensorFile), all);
            using var file = new FileStream(Path.Combine(fresh, StateFile), FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(ConfigJson.Write(state)));
            file.Flush(flushToDisk: true);
        });
        return folder;
    }

    /// <summary>Copies the saved tensors into these, in place.</summary>
    /// <exception cref="InvalidDataException">Names, shapes or types differ; the message lists every one, and nothing was changed.</exception>
    internal void CopyInto(IReadOnlyDictionary<string, Tensor> targets)
    {
        List<string> faults = [];
        foreach (string name in targets.Keys.Except(tensors.Entries.Keys)) faults.Add($"'{name}' is missing");
        foreach (string name in tensors.Entries.Keys.Except(targets.Keys).Where(name => !name.StartsWith(RandomPrefix, StringComparison.Ordinal))) faults.Add($"'{name}' is unexpected");
        foreach ((string name, Tensor target) in targets)
        {
            if (tensors.Entries.TryGetValue(name, out SafetensorsEntry? entry) && (!entry.Shape.SequenceEqual(target.shape) || entry.Type != target.dtype))
                faults.Add($"'{name}' is {entry.Type} [{string.Join(", ", entry.Shape)}], expected {target.dtype} [{string.Join(", ", target.shape)}]");
        }

        if (faults.Count > 0) throw new InvalidDataException($"The checkpoint in '{Folder}' does not fit the run: {string.Join("; ", faults)}. It is of another configuration, or damaged.");
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            using Tensor values = tensors.Read(name);
            target.copy_(values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => tensors.Dispose();

    // Before anything else: a newer format may differ in everything but this.
    private static void RequireVersion(string json, string path)
    {
        int version;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            version = document.RootElement.GetProperty("formatVersion").GetInt32();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"'{path}' does not describe a run: it has no format version ({exception.Message}).", exception);
        }

        if (version is < 1 or > RunState.CurrentFormat)
            throw new InvalidDataException($"'{path}' has format version {version}; this library reads versions 1 to {RunState.CurrentFormat}. A newer library wrote it (update this one), or it is damaged.");
    }

    private static string StateFolder(string runFolder) => Path.Combine(runFolder, "state");
}
