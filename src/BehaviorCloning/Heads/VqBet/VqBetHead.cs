using BehaviorCloning.Engine;
using BehaviorCloning.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Which codes' offsets are trained towards the expert's chunk.</summary>
public enum TrainedOffsets
{
    /// <summary>Those of the expert's own codes, as in BeT.</summary>
    OfTarget,

    /// <summary>
    /// Those of codes drawn from the current prediction, as published. A draw of another mode is pulled towards the expert's, so where
    /// several ways are right the offsets blur them.
    /// </summary>
    OfDraw,
}

/// <summary>Options of <see cref="VqBetHead"/>.</summary>
public sealed record VqBetHeadConfig : PolicyHeadConfig
{
    /// <summary>The autoencoder that turns chunks to codes.</summary>
    public ChunkCodecConfig Codec { get; init; } = new();

    /// <summary>The transformer that reads the context.</summary>
    public ContextTransformerConfig Trunk { get; init; } = new();

    /// <summary>Width of the two hidden layers that predict codes and offsets. Published: 1024. Default 256.</summary>
    public int HeadWidth { get; init; } = 256;

    /// <summary>
    /// Whether a level's code is predicted from those of the levels before. Without, the levels are drawn independently, and codes that
    /// never occur together may meet. Default true; published configurations leave it off.
    /// </summary>
    public bool Sequential { get; init; } = true;

    /// <summary>Which codes' offsets are trained. Default the target's.</summary>
    public TrainedOffsets Offsets { get; init; } = TrainedOffsets.OfTarget;

    /// <summary>Exponent of the focal loss; 0 is the cross-entropy. Default 2.</summary>
    public double FocalGamma { get; init; } = 2;

    /// <summary>Weight of the first level's focal loss. Default 5.</summary>
    public double FirstCodeWeight { get; init; } = 5;

    /// <summary>Weight of each further level's focal loss. Default 0.5.</summary>
    public double OtherCodeWeight { get; init; } = 0.5;

    /// <summary>Weight of the chunk's mean absolute error. Published: 10 on Push-T, 100 in the kitchen. Default 10.</summary>
    public double OffsetWeight { get; init; } = 10;

    /// <summary>
    /// Divides the logits when codes are drawn: below 1 for more typical choices, 0 for the most probable codes. LeRobot takes 0.1. Changes
    /// sampling only, so a trained policy may be given another. Default 1.
    /// </summary>
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new VqBetHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HeadWidth < 1) yield return $"{nameof(HeadWidth)} {HeadWidth} must be at least 1.";
        if (!Enum.IsDefined(Offsets)) yield return $"{nameof(Offsets)} {Offsets} must be one of {string.Join(", ", Enum.GetNames<TrainedOffsets>())}.";
        if (!FocalLoss.IsSound(FocalGamma)) yield return $"{nameof(FocalGamma)} {FocalGamma} must be 0, or at least 1 and finite.";
        foreach ((string name, double value) in new[] { (nameof(FirstCodeWeight), FirstCodeWeight), (nameof(OtherCodeWeight), OtherCodeWeight), (nameof(OffsetWeight), OffsetWeight), (nameof(Temperature), Temperature) })
        {
            if (!(value >= 0 && double.IsFinite(value))) yield return $"{name} {value} must be finite and not negative.";
        }

        foreach (string problem in Codec.Problems()) yield return $"{nameof(Codec)}: {problem}";
        foreach (string problem in Trunk.Problems()) yield return $"{nameof(Trunk)}: {problem}";
    }
}

/// <summary>
/// VQ-BeT (arXiv 2403.03181): chunks are turned to a few discrete codes by a <see cref="ChunkCodec"/> that <see cref="Fit"/> trains first; a
/// transformer then predicts the codes and an offset to the chunk they decode to. As BeT, with clusters that scale to long chunks.
/// </summary>
public sealed class VqBetHead : PolicyHead, IFitsActions
{
    private readonly ChunkCodec codec;
    private readonly ContextTransformer trunk;
    private readonly ModuleList<ReluMlp> codes;
    private readonly ReluMlp offsets;
    private readonly VqBetHeadConfig config;

    /// <summary>Builds the head. It has no codes before <see cref="Fit"/>.</summary>
    public VqBetHead(VqBetHeadConfig config, HeadShape shape)
        : base(nameof(VqBetHead), shape)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        (int levels, int classes, int width) = (config.Codec.Levels, config.Codec.Codes, config.Trunk.Width);
        codec = new ChunkCodec(config.Codec, shape);
        trunk = new ContextTransformer(config.Trunk, shape);
        // One network for all levels; or one a level, which also sees the codes before as one-hot vectors.
        codes = new ModuleList<ReluMlp>(config.Sequential
            ? [.. Enumerable.Range(0, levels).Select(level => new ReluMlp(width + (level * classes), config.HeadWidth, config.HeadWidth, classes))]
            : [new ReluMlp(width, config.HeadWidth, config.HeadWidth, levels * classes)]);
        offsets = new ReluMlp(width, config.HeadWidth, config.HeadWidth, levels * classes * shape.PredictionHorizon * shape.ActionDimension);
        RegisterComponents();
    }

    /// <summary>What turns chunks to codes: ask it how well and with how many codes.</summary>
    public ChunkCodec Codec => codec;

    /// <summary>Trains the codec and freezes it.</summary>
    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null) => codec.Fit(actions, insideEpisode, random);

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        using DisposeScope scope = NewDisposeScope();
        Tensor features = trunk.forward(context);
        target.Require(Shape, context.size(0));
        // What padding holds must not be encoded.
        Tensor actions = target.WithoutPadding(target.Actions);
        Tensor right = codec.Encode(actions), any = target.InsideEpisode.any(1, keepdim: true);

        Tensor total = zeros([], device: context.device), focal = total;
        for (int level = 0; level < config.Codec.Levels; level++)
        {
            Tensor loss = FocalLoss.Of(Logits(features, level, right), right.select(1, level), config.FocalGamma);
            Tensor mean = MaskedMean.Of(loss.unsqueeze(1), any, target.SampleWeight);
            focal = focal.add(mean.detach());
            total = total.add(mean, level == 0 ? config.FirstCodeWeight : config.OtherCodeWeight);
        }

        Tensor chosen = config.Offsets == TrainedOffsets.OfTarget ? right : Draw(features, random);
        Tensor offset = MaskedMean.Of(Chunk(features, chosen).sub(actions).abs(), target.InsideEpisode, target.SampleWeight);
        return new LossReport(total.add(offset, config.OffsetWeight).MoveToOuterDisposeScope())
        {
            Parts = new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["focal"] = focal.MoveToOuterDisposeScope(),
                ["offset"] = offset.detach().MoveToOuterDisposeScope(),
            },
        };
    }

    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor features = trunk.forward(context);
        return Chunk(features, Draw(features, random)).MoveToOuterDisposeScope();
    }

    /// <summary>Codes from the first level to the last, [B, levels].</summary>
    private Tensor Draw(Tensor features, Generator? random)
    {
        using IDisposable noGradient = no_grad();
        Tensor drawn = zeros(features.size(0), config.Codec.Levels, ScalarType.Int64, features.device);
        for (int level = 0; level < config.Codec.Levels; level++)
            drawn.select(1, level).copy_(ClassDraw.Of(Logits(features, level, drawn), config.Temperature, random));
        return drawn;
    }

    // Of one level, given the codes of those before, which a sequential head looks at.
    private Tensor Logits(Tensor features, int level, Tensor known)
    {
        int classes = config.Codec.Codes;
        if (!config.Sequential) return codes[0].forward(features).narrow(1, (long)level * classes, classes);
        if (level == 0) return codes[0].forward(features);
        Tensor before = nn.functional.one_hot(known.narrow(1, 0, level), classes).flatten(1).to(features.dtype);
        return codes[level].forward(cat([features, before], 1));
    }

    // What the codes decode to, and the sum of their offsets.
    private Tensor Chunk(Tensor features, Tensor chosen)
    {
        Tensor all = offsets.forward(features).view(features.size(0), config.Codec.Levels, config.Codec.Codes, -1);
        Tensor own = all.gather(2, chosen.view(-1, config.Codec.Levels, 1, 1).expand(-1, -1, 1, all.size(3))).squeeze(2).sum(1);
        return codec.Decode(chosen).add(own.view(-1, Shape.PredictionHorizon, Shape.ActionDimension));
    }
}
