using System.Runtime.InteropServices;
using System.Text;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>
/// A network learned on frames (<see cref="Pretraining"/>), with its decoder. A policy takes its encoder: <c>new PretrainedEncoderConfig { Network = network.Config }</c>, then
/// <see cref="PretrainedEncoder.Load"/> of its folder.
/// </summary>
/// <remarks>Its folder holds <c>network.json</c> and <c>weights.safetensors</c>. One instance serves one thread at a time.</remarks>
public sealed class PretrainedNetwork : IDisposable
{
    private const string DescriptionName = "network.json";
    private const int Block = 64;
    private readonly ImagePreprocessor preprocessor;

    private PretrainedNetwork(LearnedNetwork config, LearnedModel model, Accelerator accelerator)
    {
        Config = config;
        Accelerator = accelerator;
        Model = model.to(accelerator.Device);
        // As the plugged-in encoder sees frames.
        preprocessor = new ImagePreprocessor(config.Scaling, config.InputSize, null).to(accelerator.Device);
        foreach (Tensor tensor in model.state_dict().Values) tensor.DetachFromDisposeScope();
        model.eval();
    }

    /// <summary>What it is made of.</summary>
    public LearnedNetwork Config { get; }

    /// <summary>Where it computes.</summary>
    public Accelerator Accelerator { get; }

    internal LearnedModel Model { get; }

    /// <summary>A network that has learned nothing: to compare with.</summary>
    /// <param name="config">What it is made of.</param>
    /// <param name="seed">Of its weights.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <exception cref="ArgumentException">The options are faulty; the message lists every fault.</exception>
    public static PretrainedNetwork Untrained(LearnedNetwork config, long seed = 0, Accelerator? accelerator = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        string[] problems = [.. config.Problems()];
        if (problems.Length > 0) throw new ArgumentException($"A {config.GetType().Name} cannot be built: {string.Join(" ", problems)}", nameof(config));
        return RandomStreams.Initialize(seed, () => new PretrainedNetwork(config, config.CreateModel(), accelerator ?? Accelerator.Best()));
    }

    /// <summary>Reads a network from its folder.</summary>
    /// <param name="folder">What <see cref="Save"/> wrote.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <exception cref="InvalidDataException">The folder is damaged, or holds something else; the message says how.</exception>
    public static PretrainedNetwork Load(string folder, Accelerator? accelerator = null)
    {
        PretrainedNetwork network = Untrained(ReadConfig(folder), 0, accelerator);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(AtomicFolder.Find(folder)!, LearnedNetwork.WeightsName));
            file.LoadInto(network.Model);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>What the network in a folder is made of, for the encoder of a policy that is to take it.</summary>
    /// <exception cref="InvalidDataException">The folder is damaged, or holds something else; the message says how.</exception>
    public static LearnedNetwork ReadConfig(string folder)
    {
        string found = AtomicFolder.Find(folder) ?? throw new DirectoryNotFoundException($"There is no network at '{folder}'. A learned network is a folder with {DescriptionName} and {LearnedNetwork.WeightsName}.");
        string description = Path.Combine(found, DescriptionName);
        if (!File.Exists(description) || !File.Exists(Path.Combine(found, LearnedNetwork.WeightsName)))
            throw new InvalidDataException($"'{folder}' is not a learned network: it needs {DescriptionName} and {LearnedNetwork.WeightsName}.");
        try
        {
            LearnedNetwork config = ConfigJson.Read<LearnedNetwork>(File.ReadAllText(description));
            string[] problems = [.. config.Problems()];
            return problems.Length == 0 ? config : throw new FormatException(string.Join(" ", problems));
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{description}' does not describe a learned network. {e.Message}", e);
        }
    }

    /// <summary>Writes the network to a folder, which is all that <see cref="Load"/> and a policy's encoder need.</summary>
    public void Save(string folder) => AtomicFolder.Replace(folder, fresh =>
    {
        File.WriteAllText(Path.Combine(fresh, DescriptionName), ConfigJson.Write<LearnedNetwork>(Config), new UTF8Encoding(false));
        SafetensorsFile.Save(Path.Combine(fresh, LearnedNetwork.WeightsName), Model, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "behavior-cloning-learned-network" });
    });

    /// <summary>What a policy's encoder would read of frames, for probes and for looking at.</summary>
    /// <param name="frames">Any size; resized as in use.</param>
    /// <param name="readout">What is read. Default the network's summary. A readout with weights of its own is untrained here.</param>
    /// <returns>[frames, numbers], row by row.</returns>
    public float[] Features(FrameSource frames, ImageReadout? readout = null)
    {
        ArgumentNullException.ThrowIfNull(frames);
        const string Camera = "camera";
        var spec = new ObservationSpec(new FeatureSpec(Camera, FeatureElement.UInt8, frames.Height, frames.Width, 3));
        using var encoder = new PretrainedEncoder(new PretrainedEncoderConfig { Network = Config, Readout = readout ?? new SummaryReadout() }, spec, 1);
        using IDisposable noGradient = no_grad();
        encoder.to(Accelerator.Device);
        encoder.Fill(Model.state_dict());
        encoder.eval();
        float[] features = new float[(long)frames.Count * encoder.TokenCount * encoder.TokenWidth];
        int at = 0;
        foreach (int[] block in Enumerable.Range(0, frames.Count).Chunk(Block))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor tokens = encoder.Encode(new Dictionary<string, Tensor> { [Camera] = Bytes(frames, block).unsqueeze(1).to(Accelerator.Device) });
            Span<float> values = MemoryMarshal.Cast<byte, float>(tokens.cpu().contiguous().bytes);
            values.CopyTo(features.AsSpan(at));
            at += values.Length;
        }

        return features;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        preprocessor.Dispose();
    }

    /// <summary>Frames as the network is shown them, [count, 3, height, width] from -1 to 1.</summary>
    internal Tensor Images(Tensor frames)
    {
        using DisposeScope scope = NewDisposeScope();
        return preprocessor.Prepare(frames.unsqueeze(1).to(Accelerator.Device), null).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of frames as the network is shown them, [3, height, width].</summary>
    internal Tensor MeanImage(FrameSource frames)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = zeros(3, Config.Height, Config.Width, dtype: ScalarType.Float64, device: Accelerator.Device);
        foreach (int[] block in Enumerable.Range(0, frames.Count).Chunk(Block))
        {
            using DisposeScope inner = NewDisposeScope();
            sum.add_(Images(Bytes(frames, block)).sum([0L]).to(ScalarType.Float64));
        }

        return sum.div(frames.Count).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    internal static Tensor Bytes(FrameSource frames, int[] indices)
    {
        Tensor bytes = empty([indices.Length, frames.Height, frames.Width, 3], ScalarType.Byte);
        for (int i = 0; i < indices.Length; i++) frames.Read(indices[i], bytes.bytes.Slice(i * frames.FrameBytes, frames.FrameBytes));
        return bytes;
    }
}
