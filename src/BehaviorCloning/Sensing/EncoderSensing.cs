using System.Runtime.InteropServices;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Normalization;
using BehaviorCloning.Policies;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Sensing;

/// <summary>
/// A frozen encoder as a sensing module: what it makes of a camera's frames is a float feature. A dataset is encoded once (<see cref="SensedEpisodes"/>) and not at
/// every step of a training; afterwards <see cref="Unite"/> gives the policy that takes frames again.
/// </summary>
/// <remarks>
/// Nothing is augmented: features are made before training. One instance serves one thread at a time.
/// <code>
/// recordings -> SensedEpisodes(this) -> Trainer -> policy of features -> Unite -> policy of frames       the same actions
/// </code>
/// </remarks>
public sealed class EncoderSensing : ISensingModule, IDisposable
{
    private readonly CameraEncoderConfig config;
    private readonly FeatureSpec camera;

    /// <summary>Makes a module. Weights that are published are read into <see cref="Encoder"/> before it is used.</summary>
    /// <param name="config">The encoder: <see cref="FeatureMapReadout"/> keeps where things are, other readouts give a vector (those without weights to be learned make sense here).</param>
    /// <param name="camera">The image feature.</param>
    /// <param name="output">The name of what it makes. Default the camera's and "_encoded".</param>
    /// <param name="seed">Of weights that nobody reads from a file.</param>
    /// <param name="accelerator">Where it computes; null for the best there is.</param>
    /// <exception cref="ArgumentException">The options do not fit the camera; the message lists every fault.</exception>
    public EncoderSensing(CameraEncoderConfig config, FeatureSpec camera, string? output = null, long seed = 0, Accelerator? accelerator = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(camera);
        this.config = config;
        this.camera = camera;
        Accelerator = accelerator ?? Accelerator.Best();
        Inputs = new ObservationSpec(camera);
        Encoder = RandomStreams.Initialize(seed, () => config.Create(Inputs, 1));
        Encoder.to(Accelerator.Device);
        foreach (Tensor tensor in Encoder.state_dict().Values) tensor.DetachFromDisposeScope();
        string name = output ?? $"{camera.Name}_encoded";
        Outputs = new ObservationSpec(Encoder.TokenCount == 1 ? new FeatureSpec(name, Encoder.TokenWidth) : new FeatureSpec(name, Encoder.TokenCount, Encoder.TokenWidth));
    }

    /// <summary>The encoder, for what only some can do: <see cref="PretrainedEncoder.Load"/>.</summary>
    public ObservationEncoder Encoder { get; }

    /// <summary>Where it computes.</summary>
    public Accelerator Accelerator { get; }

    /// <inheritdoc/>
    public ObservationSpec Inputs { get; }

    /// <inheritdoc/>
    public ObservationSpec Outputs { get; }

    /// <inheritdoc/>
    public ISensingEpisode Begin() => new Frames(this);

    /// <summary>The policy that takes frames and acts alike: this encoder in place of the feature it makes.</summary>
    /// <param name="policy">
    /// Its encoder is a <see cref="MultiSensorEncoder"/> in which a sensor of its own reads the feature, not normalized, with a <see cref="ProprioceptionEncoder"/> that
    /// gives a token a step: behind one hidden layer for feature maps (which becomes a <see cref="DenseReadout"/>), behind none for vectors.
    /// </param>
    /// <param name="change">Changes the encoder's options without changing its weights: to fine-tune it from here on, with augmentation. Null: it stays frozen as it is.</param>
    /// <exception cref="ArgumentException">The policy is built otherwise; the message says how.</exception>
    public LearnedPolicy Unite(LearnedPolicy policy, Func<CameraEncoderConfig, CameraEncoderConfig>? change = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        string made = Outputs[0].Name;
        bool map = config.Readout is FeatureMapReadout;
        PolicyConfig old = policy.Config;
        SensorConfig? sensor = (old.Encoder as MultiSensorEncoderConfig)?.Sensors.FirstOrDefault(candidate => candidate.Features.SequenceEqual([made]));
        var reading = sensor?.Encoder as ProprioceptionEncoderConfig;
        bool fits = reading is { TokenPerStep: true } && reading.HiddenWidths.Count == (map ? 1 : 0) && old.Features.Contains(new RawFeature(made))
            && old.FeatureNormalization.TryGetValue(made, out NormalizerConfig? normalization) && normalization is NoNormalization;
        if (!fits)
        {
            throw new ArgumentException(
                $"The policy cannot be united with the encoder: it needs a {nameof(MultiSensorEncoder)} with a sensor of '{made}' alone, passed on raw and with {nameof(NoNormalization)}, read by a {nameof(ProprioceptionEncoder)} with {nameof(ProprioceptionEncoderConfig.TokenPerStep)} and {(map ? "one hidden layer" : "no hidden layer")}.", nameof(policy));
        }

        CameraEncoderConfig seeing = config with { TokenPerStep = true, Readout = map ? new DenseReadout { Width = reading!.HiddenWidths[0] } : config.Readout };
        var encoder = (MultiSensorEncoderConfig)old.Encoder;
        int index = encoder.Sensors.ToList().IndexOf(sensor!);
        SensorConfig united = sensor! with { Features = [camera.Name], Encoder = change?.Invoke(seeing) ?? seeing };
        PolicyConfig joined = old with
        {
            Features = [.. old.Features.Select(feature => feature.Equals(new RawFeature(made)) ? new RawFeature(camera.Name) : feature)],
            FeatureNormalization = old.FeatureNormalization.Where(pair => pair.Key != made).ToDictionary(StringComparer.Ordinal),
            Encoder = encoder with { Sensors = [.. encoder.Sensors.Select((s, i) => i == index ? united : s)] },
        };

        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> weights = new(policy.Network.state_dict(), StringComparer.Ordinal);
        // Names of weights: the policy's encoder, its sensors' encoders, this one.
        string prefix = $"encoder.encoders.{index}.";
        foreach ((string name, Tensor values) in Encoder.state_dict()) weights[prefix + name] = values;
        string[] layer = map ? ["weight", "bias"] : [];
        foreach (string kind in layer) weights[$"{prefix}readouts.0.output.{kind}"] = weights[$"{prefix}layers.0.{kind}"];
        return policy.With(joined, new ObservationSpec(policy.Observations.Where(feature => feature.Name != made)), weights);
    }

    /// <inheritdoc/>
    public void Dispose() => Encoder.Dispose();

    private IReadOnlyList<float[]> Encode(IReadOnlyList<Observation> steps)
    {
        Encoder.eval();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor frames = empty([steps.Count, 1, .. camera.Shape.Select(extent => (long)extent)], ScalarType.Byte);
        for (int i = 0; i < steps.Count; i++) steps[i].Images[camera.Name].Span.CopyTo(frames.bytes[(i * camera.StepBytes)..]);
        Tensor tokens = Encoder.Encode(new Dictionary<string, Tensor> { [camera.Name] = frames.to(Accelerator.Device) });
        return [MemoryMarshal.Cast<byte, float>(tokens.cpu().contiguous().bytes).ToArray()];
    }

    // Frames are encoded each for itself: there is nothing to remember.
    private sealed class Frames(EncoderSensing module) : ISensingEpisode
    {
        public IReadOnlyList<float[]> Sense(IReadOnlyList<Observation> steps) => module.Encode(steps);
    }
}
