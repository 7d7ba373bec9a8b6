using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="BehaviorTransformerHead"/>.</summary>
public sealed record BehaviorTransformerHeadConfig : PolicyHeadConfig
{
    /// <summary>Clusters of action chunks. Published: 24 to 64. Default 64.</summary>
    public int Clusters { get; init; } = 64;

    /// <summary>The most updates of the cluster centers. Default 50.</summary>
    public int ClusterIterations { get; init; } = 50;

    /// <summary>The transformer that reads the context.</summary>
    public ContextTransformerConfig Trunk { get; init; } = new();

    /// <summary>Exponent of the focal loss; 0 is the cross-entropy. Default 2.</summary>
    public double FocalGamma { get; init; } = 2;

    /// <summary>Weight of the offset's squared error beside the focal loss. Default 1000.</summary>
    public double OffsetWeight { get; init; } = 1000;

    /// <summary>
    /// Divides the logits when a cluster is drawn: below 1 for more typical choices, 0 for the most probable cluster. Changes sampling
    /// only, so a trained policy may be given another. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new BehaviorTransformerHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (Clusters < 1) yield return $"{nameof(Clusters)} {Clusters} must be at least 1.";
        if (ClusterIterations < 1) yield return $"{nameof(ClusterIterations)} {ClusterIterations} must be at least 1.";
        if (!FocalLoss.IsSound(FocalGamma)) yield return $"{nameof(FocalGamma)} {FocalGamma} must be 0, or at least 1 and finite.";
        if (!(OffsetWeight >= 0 && double.IsFinite(OffsetWeight))) yield return $"{nameof(OffsetWeight)} {OffsetWeight} must be finite and not negative.";
        if (!(Temperature >= 0 && double.IsFinite(Temperature))) yield return $"{nameof(Temperature)} {Temperature} must be finite and not negative.";
        foreach (string problem in Trunk.Problems()) yield return $"{nameof(Trunk)}: {problem}";
    }
}

/// <summary>
/// The behavior transformer, BeT (arXiv 2206.11251): which cluster of chunks the expert's belongs to is a classification, and how it differs
/// from the cluster's center a regression for that cluster alone. Keeps modes apart, as clusters do.
/// </summary>
/// <remarks>
/// BeT clusters single actions. Here a whole chunk is one point, so that one draw decides for all its steps and no chunk mixes two
/// modes; with Tp = 1 it is the published method. Only the newest token predicts: a window has one target.
/// </remarks>
public sealed class BehaviorTransformerHead : PolicyHead, IFitsActions
{
    private readonly ContextTransformer trunk;
    // Logits of the clusters first, then their offsets, cluster after cluster.
    private readonly Linear output;
    private readonly Tensor centers;
    private readonly BehaviorTransformerHeadConfig config;

    /// <summary>Builds the head. It has no clusters before <see cref="Fit"/>.</summary>
    public BehaviorTransformerHead(BehaviorTransformerHeadConfig config, HeadShape shape)
        : base(nameof(BehaviorTransformerHead), shape)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        int chunk = shape.PredictionHorizon * shape.ActionDimension;
        trunk = new ContextTransformer(config.Trunk, shape);
        output = nn.Linear(config.Trunk.Width, config.Clusters * (1 + chunk), hasBias: false);
        nn.init.normal_(output.weight, 0, 0.02);
        centers = full(config.Clusters, chunk, float.NaN);
        RegisterComponents();
    }

    /// <summary>The cluster centers, [clusters, Tp Da], normalized; NaN before <see cref="Fit"/>.</summary>
    public Tensor Centers => centers;

    /// <summary>Finds the clusters. A chunk that ends early is compared by the steps it has.</summary>
    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null)
    {
        ShapeContract.Require(actions, nameof(actions), -1, Shape.PredictionHorizon, Shape.ActionDimension);
        ShapeContract.Require(insideEpisode, nameof(insideEpisode), actions.size(0), Shape.PredictionHorizon);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        centers.copy_(KMeans.Fit(actions.flatten(1), config.Clusters, Known(insideEpisode), config.ClusterIterations, random).Centers);
    }

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        using DisposeScope scope = NewDisposeScope();
        (Tensor logits, Tensor offsets) = Predict(context);
        target.Require(Shape, context.size(0));
        // What padding holds must not even be seen, were it infinite.
        Tensor actions = target.WithoutPadding(target.Actions);
        Tensor cluster = KMeans.Nearest(actions.flatten(1), centers, Known(target.InsideEpisode));

        // A chunk has one cluster: it counts once, however many of its steps are inside.
        Tensor focal = MaskedMean.Of(FocalLoss.Of(logits, cluster, config.FocalGamma).unsqueeze(1), target.InsideEpisode.any(1, keepdim: true), target.SampleWeight);
        Tensor error = Chunk(cluster, offsets).sub(actions).square();
        Tensor offset = MaskedMean.Of(error, target.InsideEpisode, target.SampleWeight);
        return new LossReport(focal.add(offset, config.OffsetWeight).MoveToOuterDisposeScope())
        {
            Parts = new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["focal"] = focal.detach().MoveToOuterDisposeScope(),
                ["offset"] = offset.detach().MoveToOuterDisposeScope(),
            },
        };
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor logits, Tensor offsets) = Predict(context);
        return Chunk(ClassDraw.Of(logits, config.Temperature, random), offsets).MoveToOuterDisposeScope();
    }

    private (Tensor Logits, Tensor Offsets) Predict(Tensor context)
    {
        Tensor predicted = output.forward(trunk.forward(context));
        return (predicted.narrow(1, 0, config.Clusters), predicted.narrow(1, config.Clusters, predicted.size(1) - config.Clusters).reshape(-1, config.Clusters, centers.size(1)));
    }

    // The centers of these clusters with their own offsets: only they receive gradient.
    private Tensor Chunk(Tensor cluster, Tensor offsets)
    {
        Tensor own = offsets.gather(1, cluster.view(-1, 1, 1).expand(-1, 1, centers.size(1))).squeeze(1);
        return centers.index_select(0, cluster).add(own).view(-1, Shape.PredictionHorizon, Shape.ActionDimension);
    }

    private Tensor Known(Tensor insideEpisode) => insideEpisode.unsqueeze(-1).expand(-1, -1, Shape.ActionDimension).flatten(1);
}
