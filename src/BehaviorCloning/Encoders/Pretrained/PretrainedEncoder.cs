using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>
/// Camera images through a published network, together with all float features; see <see cref="CameraEncoder"/> for the tokens. Its weights are NaN until
/// <see cref="Load"/> or a policy's file fills them, so that forgetting it cannot go unnoticed; a policy's file holds them, and the published file is not needed again.
/// </summary>
public sealed class PretrainedEncoder : CameraEncoder
{
    private const string Networks = "networks.";
    private readonly ModuleList<PublishedTrunk> networks;
    private readonly double learningRateScale;
    private bool isFilled;

    /// <summary>Builds the encoder.</summary>
    /// <exception cref="ArgumentException">The options do not fit the features; the message lists every fault.</exception>
    public PretrainedEncoder(PretrainedEncoderConfig config, ObservationSpec features, int observationHorizon)
        : base(nameof(PretrainedEncoder), config, features, observationHorizon)
    {
        learningRateScale = config.LearningRateScale;
        networks = new ModuleList<PublishedTrunk>([.. Enumerable.Range(0, NetworkCount).Select(_ => config.Network.Create(config.Readout is SummaryReadout, config.FrozenInUse))]);
        RegisterComponents();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor values in networks.state_dict().Values.Where(values => is_floating_point(values.dtype))) values.fill_(float.NaN);
    }

    /// <summary>
    /// Reads weights into every camera's network: a published file, safetensors or PyTorch's, of which no code is run; or the folder of a network learned here
    /// (<see cref="LearnedNetwork"/>).
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit; the message lists every fault, and nothing was changed.</exception>
    public void Load(string path)
    {
        using WeightFile file = WeightFile.OpenAny(AtomicFolder.Find(path) is { } folder ? Path.Combine(folder, LearnedNetwork.WeightsName) : path);
        foreach (PublishedTrunk network in networks)
        {
            using DisposeScope scope = NewDisposeScope();
            file.LoadInto(network.Targets(), network.NameOf, converts: true);
        }
    }

    /// <summary>The same from tensors under the file's names.</summary>
    internal void Fill(IReadOnlyDictionary<string, Tensor> weights)
    {
        using IDisposable noGradient = no_grad();
        foreach (PublishedTrunk network in networks)
        {
            using DisposeScope scope = NewDisposeScope();
            foreach ((string name, Tensor target) in network.Targets()) target.copy_(weights[name]);
        }
    }

    /// <inheritdoc/>
    public override double LearningRateScaleOf(string parameter) => parameter.StartsWith(Networks, StringComparison.Ordinal) ? learningRateScale : 1;

    private protected override Tensor Map(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features) => Filled(network).Map(images);

    private protected override Tensor Summary(int network, Tensor images, IReadOnlyDictionary<string, Tensor> features) => Filled(network).Summary(images);

    private PublishedTrunk Filled(int network)
    {
        if (!isFilled)
        {
            using DisposeScope scope = NewDisposeScope();
            if (networks.state_dict().Values.First(values => is_floating_point(values.dtype)).isnan().any().ToBoolean())
                throw new InvalidOperationException($"This encoder has no weights yet. Call {nameof(PretrainedEncoder)}.{nameof(Load)} with the published file before training: ((PretrainedEncoder)policy.Network.Encoder).Load(path).");
            isFilled = true;
        }

        return networks[network];
    }
}
