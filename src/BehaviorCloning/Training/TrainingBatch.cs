using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>Tensors of a batch of windows, made once and filled again and again.</summary>
public sealed unsafe class TrainingBatch : IDisposable
{
    private readonly ObservationSpec spec;
    private readonly Horizons horizons;
    private readonly int actionDimension;
    private readonly Dictionary<string, Tensor> features = new(StringComparer.Ordinal);
    private readonly byte*[] featureData;
    private readonly byte* actionData, insideData, weightData;

    /// <summary>Makes the tensors of a batch.</summary>
    /// <param name="features">What the network sees, images included.</param>
    /// <param name="actions">What each action is.</param>
    /// <param name="horizons">To and Tp.</param>
    /// <param name="size">B.</param>
    /// <param name="weighted">Whether samples have weights.</param>
    /// <param name="device">Where; only a batch in the CPU's memory can be filled by <see cref="WindowReader"/>.</param>
    public TrainingBatch(ObservationSpec features, ActionSpec actions, Horizons horizons, int size, bool weighted, Device device)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(horizons);
        ArgumentNullException.ThrowIfNull(device);
        spec = features;
        this.horizons = horizons;
        Size = size;
        actionDimension = actions.Dimension;
        featureData = new byte*[features.Count];
        bool onCpu = device.type == DeviceType.CPU;
        for (int i = 0; i < features.Count; i++)
        {
            FeatureSpec feature = features[i];
            long[] shape = [size, horizons.Observation, .. feature.Shape.Select(extent => (long)extent)];
            Tensor tensor = Make(shape, FeatureTensor.TypeOf(feature.Element), device);
            this.features[feature.Name] = tensor;
            if (onCpu) featureData[i] = Pointer(tensor);
        }

        Target = new ActionTarget(
            Make([size, horizons.Prediction, actionDimension], ScalarType.Float32, device),
            Make([size, horizons.Prediction], ScalarType.Bool, device),
            weighted ? Make([size], ScalarType.Float32, device) : null);
        if (!onCpu) return;
        actionData = Pointer(Target.Actions);
        insideData = Pointer(Target.InsideEpisode);
        if (Target.SampleWeight is not null) weightData = Pointer(Target.SampleWeight);
    }

    /// <summary>B: samples in the batch.</summary>
    public int Size { get; }

    /// <summary>For each feature by name: [B, To, ...feature shape], raw units. What is uint16 lies in int16 tensors, bit for bit.</summary>
    public IReadOnlyDictionary<string, Tensor> Features => features;

    /// <summary>The represented actions in raw units, [B, Tp, Da], their mask [B, Tp] and weights [B].</summary>
    public ActionTarget Target { get; }

    /// <summary>Bytes that the tensors take.</summary>
    public long Bytes => features.Values.Concat([Target.Actions, Target.InsideEpisode]).Sum(tensor => tensor.NumberOfElements * tensor.element_size())
        + (Target.SampleWeight is { } weight ? weight.NumberOfElements * weight.element_size() : 0);

    /// <summary>The observation rows of a sample, [To, feature size].</summary>
    internal Span<float> FeatureRows(int sample, int feature)
    {
        int length = horizons.Observation * spec[feature].Size;
        return new Span<float>((float*)featureData[feature] + ((long)sample * length), length);
    }

    /// <summary>The bytes of a sample's frames, [To, ...feature shape].</summary>
    internal Span<byte> Frames(int sample, int feature)
    {
        int length = horizons.Observation * spec[feature].StepBytes;
        return new Span<byte>(featureData[feature] + ((long)sample * length), length);
    }

    /// <summary>The chunk of a sample, [Tp, Da].</summary>
    internal Span<float> Chunk(int sample)
    {
        int length = horizons.Prediction * actionDimension;
        return new Span<float>((float*)actionData + ((long)sample * length), length);
    }

    /// <summary>The mask of a sample, [Tp].</summary>
    internal Span<bool> Inside(int sample) => new((bool*)insideData + ((long)sample * horizons.Prediction), horizons.Prediction);

    /// <summary>Sets the weight of a sample.</summary>
    internal void SetWeight(int sample, float weight) => ((float*)weightData)[sample] = weight;

    /// <summary>Copies a batch of the same sizes, from the CPU's memory to a device.</summary>
    /// <remarks>
    /// From pageable memory an asynchronous copy returns once the driver has staged the bytes, so the source may be filled again at
    /// once. Pinned memory would have to be kept until the copy has run, and TorchSharp has no events to know that by.
    /// </remarks>
    internal void CopyFrom(TrainingBatch host)
    {
        using IDisposable noGrad = no_grad();
        foreach ((string name, Tensor tensor) in features) tensor.copy_(host.features[name], true);
        Target.Actions.copy_(host.Target.Actions, true);
        Target.InsideEpisode.copy_(host.Target.InsideEpisode, true);
        if (Target.SampleWeight is not null) Target.SampleWeight.copy_(host.Target.SampleWeight!, true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in features.Values) tensor.Dispose();
        Target.Actions.Dispose();
        Target.InsideEpisode.Dispose();
        Target.SampleWeight?.Dispose();
    }

    private static Tensor Make(long[] shape, ScalarType type, Device device) => zeros(shape, dtype: type, device: device).DetachFromDisposeScope();

    // Native memory does not move; the tensor lives as long as this batch.
    private static byte* Pointer(Tensor tensor) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
