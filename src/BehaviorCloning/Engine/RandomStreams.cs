using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>
/// Every source of chance of a run, by name, all derived from one seed. Streams are independent: drawing more from one changes
/// nothing in another, so that a new validation set does not change the training noise.
/// </summary>
/// <remarks>
/// Besides the named streams there is the engine's default generator, which dropout and module initialization draw from;
/// <see cref="SeedDefault"/> sets it and a saved state holds it (the CPU's; see <see cref="SeedDefault"/> for GPUs).
/// </remarks>
public sealed class RandomStreams : IDisposable
{
    private const string DefaultGeneratorKey = "default/cpu";
    private readonly Dictionary<string, RandomStream> managed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Generator> torchStreams = new(StringComparer.Ordinal);

    /// <summary>Starts streams from a seed.</summary>
    public RandomStreams(long seed)
    {
        Seed = seed;
    }

    /// <summary>What every stream is derived from.</summary>
    public long Seed { get; }

    /// <summary>The seed of a named stream: 64-bit FNV-1a of the name, mixed with the master seed.</summary>
    public static ulong SeedOf(long seed, string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(name)) hash = (hash ^ value) * 0x100000001B3;
        ulong state = hash ^ (ulong)seed;
        _ = RandomStream.SplitMix64(ref state);
        return RandomStream.SplitMix64(ref state);
    }

    /// <summary>A stream of managed random numbers: data order, splits, augmentation parameters.</summary>
    public RandomStream Managed(string name)
    {
        if (!managed.TryGetValue(name, out RandomStream? stream)) managed[name] = stream = new RandomStream(SeedOf(Seed, name));
        return stream;
    }

    /// <summary>A generator for tensors of a device: training noise, sampling noise.</summary>
    /// <returns>Owned by these streams.</returns>
    public Generator Torch(string name, Device? device = null)
    {
        device ??= CPU;
        string key = TorchKey(name, device);
        if (!torchStreams.TryGetValue(key, out Generator? generator))
            torchStreams[key] = generator = new Generator(SeedOf(Seed, name), device);
        return generator;
    }

    /// <summary>Seeds the engine's default generators from a named stream.</summary>
    /// <remarks>
    /// TorchSharp can read the state of the CPU's default generator but not of a GPU's. On a GPU the trainer therefore seeds it anew
    /// at every step from the step's number, so that a resumed run draws the same dropout masks.
    /// </remarks>
    /// <param name="name">Which stream: "initialization", "dropout".</param>
    /// <param name="step">A counter to mix in.</param>
    /// <param name="device">Null: the CPU.</param>
    public void SeedDefault(string name, long step = 0, Device? device = null)
    {
        ulong state = SeedOf(Seed, name) + ((ulong)step * 0x9E3779B97F4A7C15);
        // The engines take the seed as a signed number; 63 bits keep both happy.
        long seed = (long)(RandomStream.SplitMix64(ref state) >> 1);
        if (device is null || device.type == DeviceType.CPU) random.manual_seed(seed).Dispose();
        else cuda.manual_seed(seed);
    }

    /// <summary>Makes what draws initial weights: modules take them from the engine's default generator, which is put back as it was.</summary>
    /// <param name="seed">Of the weights.</param>
    /// <param name="make">Makes it.</param>
    public static T Initialize<T>(long seed, Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        using Tensor state = random.get_rng_state();
        random.manual_seed((long)(SeedOf(seed, "initialization") >> 1));
        try
        {
            return make();
        }
        finally
        {
            random.set_rng_state(state);
        }
    }

    /// <summary>The state of every stream used so far, and of the CPU's default generator.</summary>
    public IReadOnlyDictionary<string, byte[]> Save()
    {
        var states = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, RandomStream stream) in managed) states["managed/" + name] = stream.Save();
        foreach ((string key, Generator generator) in torchStreams)
        {
            using Tensor state = generator.get_state();
            states[key] = state.bytes.ToArray();
        }

        using Tensor defaultState = random.get_rng_state();
        states[DefaultGeneratorKey] = defaultState.bytes.ToArray();
        return states;
    }

    /// <summary>Goes on from a saved state: each stream draws next what it would have drawn.</summary>
    /// <exception cref="ArgumentException">A state is damaged or of an unknown kind.</exception>
    public void Restore(IReadOnlyDictionary<string, byte[]> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        foreach ((string key, byte[] state) in states)
        {
            string[] parts = key.Split('/', 3);
            if (key == DefaultGeneratorKey)
            {
                using Tensor tensor = BytesTensor(state);
                random.set_rng_state(tensor);
            }
            else if (parts is ["managed", ..])
            {
                Managed(key["managed/".Length..]).Restore(state);
            }
            else if (parts is ["torch", string deviceName, string name])
            {
                using Tensor tensor = BytesTensor(state);
                Torch(name, device(deviceName)).set_state(tensor);
            }
            else
            {
                throw new ArgumentException($"'{key}' is not a random stream's key. Expected 'managed/<name>', 'torch/<device>/<name>' or '{DefaultGeneratorKey}': the checkpoint is damaged or of another version.", nameof(states));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Generator generator in torchStreams.Values) generator.Dispose();
        torchStreams.Clear();
    }

    private static string TorchKey(string name, Device device) =>
        $"torch/{(device.type == DeviceType.CPU ? "cpu" : $"cuda:{Math.Max(device.index, 0)}")}/{name}";

    private static Tensor BytesTensor(byte[] values)
    {
        Tensor tensor = empty(values.Length, dtype: ScalarType.Byte);
        values.CopyTo(tensor.bytes);
        return tensor;
    }
}
