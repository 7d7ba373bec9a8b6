using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>What stands in for a condition that is not to be known.</summary>
public enum NullCondition
{
    /// <summary>Zeros, as published. Clear where zero means nothing (one-hot tasks); a normalized zero is an average observation, though.</summary>
    Zeros,

    /// <summary>Numbers that are learned, so that they can be unlike any observation.</summary>
    Learned,
}

/// <summary>
/// Options of classifier-free guidance (Ho and Salimans, arXiv 2207.12598): the condition is dropped at times in training, and exaggerated when
/// sampling. For every head that denoises; see docs/guidance.md.
/// </summary>
public sealed record GuidanceConfig
{
    /// <summary>How often training drops the condition, 0 to 1. Default 0.2; 0.1 to 0.25 are published.</summary>
    public double DropProbability { get; init; } = 0.2;

    /// <summary>
    /// w in <c>w prediction(context) + (1 - w) prediction(null)</c>. 1, the default, is no guidance and costs nothing; 0 forgets the condition;
    /// above 1 exaggerates it. Changes sampling only. Ho and Salimans' own w is this minus 1.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>The parts of the context that are the condition, by the names the encoder gives them: "goal", "task". Default none: all of it.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>What stands in for a dropped condition. Default zeros.</summary>
    public NullCondition Null { get; init; }

    /// <summary>Every fault of these options for the given sizes, none if they are sound.</summary>
    public IEnumerable<string> Problems(HeadShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (!(DropProbability is >= 0 and < 1)) yield return $"Guidance: {nameof(DropProbability)} {DropProbability} must be at least 0 and below 1; 0.1 to 0.25 is usual.";
        if (!double.IsFinite(Scale)) yield return $"Guidance: {nameof(Scale)} {Scale} must be finite.";
        if (!Enum.IsDefined(Null)) yield return $"Guidance: {nameof(Null)} {Null} must be one of {string.Join(", ", Enum.GetNames<NullCondition>())}.";
        if (Scale != 1 && DropProbability == 0)
            yield return $"Guidance of scale {Scale} compares with a network that does not know the condition, but training never drops it ({nameof(DropProbability)} 0). Train with a {nameof(DropProbability)} of 0.1 to 0.25, or leave the scale at 1.";
        string[] known = [.. shape.Parts.Select(part => part.Name).Distinct()];
        foreach (string name in Parts.Except(known))
        {
            yield return known.Length == 0
                ? $"Guidance names part '{name}', but the encoder mixes its features and cannot say where one is. Leave out its hidden layers, or guide by the whole context."
                : $"Guidance names part '{name}', which the context does not have. There are: {string.Join(", ", known)}.";
        }
    }

    /// <inheritdoc/>
    public bool Equals(GuidanceConfig? other) =>
        other is not null && DropProbability == other.DropProbability && Scale == other.Scale && Parts.SequenceEqual(other.Parts) && Null == other.Null;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DropProbability, Scale, Parts.Count, Null);
}

/// <summary>Classifier-free guidance of any denoiser: drops conditions in training, and combines two predictions when sampling.</summary>
/// <remarks>
/// Both predictions are one evaluation of twice the batch. What was dropped in training is remembered in a buffer, and so in the policy's
/// file: guidance by a part that was never dropped is refused and not merely wrong.
/// </remarks>
public sealed class ClassifierFreeGuidance : nn.Module
{
    private readonly GuidanceConfig config;
    private readonly Tensor isCondition;
    private readonly Tensor droppedInTraining;
    private readonly Parameter? nullContext;
    private readonly Scalar ofCondition;
    private readonly Scalar ofNull;
    private bool isKnownToBeTrained;

    /// <summary>Prepares guidance of contexts of a shape.</summary>
    public ClassifierFreeGuidance(GuidanceConfig config, HeadShape shape)
        : base(nameof(ClassifierFreeGuidance))
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(shape);
        this.config = config;
        ofCondition = config.Scale;
        ofNull = 1 - config.Scale;
        isCondition = Mask(config.Parts, shape);
        register_buffer(nameof(isCondition), isCondition, persistent: false);
        droppedInTraining = config.DropProbability > 0 ? isCondition.to(ScalarType.Float32) : zeros(shape.ContextTokens, shape.ContextWidth);
        if (config.Null == NullCondition.Learned)
        {
            nullContext = nn.Parameter(zeros(shape.ContextTokens, shape.ContextWidth));
            nn.init.normal_(nullContext);
        }

        RegisterComponents();
    }

    /// <summary>Drops the condition of random samples, for training.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="random">Draws which. Null: the engine's default generator.</param>
    /// <returns>[B, N, C], a fresh tensor.</returns>
    public Tensor Drop(Tensor context, Generator? random)
    {
        Require(context);
        using DisposeScope scope = NewDisposeScope();
        Tensor drawn = SeededDraw.Uniform([context.size(0)], context.device, random);
        Tensor drops = drawn.lt(config.DropProbability).view(-1, 1, 1).logical_and(isCondition);
        return Replace(context, drops).MoveToOuterDisposeScope();
    }

    /// <summary>A guided prediction, differentiable.</summary>
    /// <inheritdoc cref="Denoiser.Forward"/>
    /// <exception cref="InvalidOperationException">The scale is not 1, and training has not dropped these parts.</exception>
    public Tensor Forward(Denoiser denoiser, Tensor context, Tensor noisyActions, Tensor time)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        if (config.Scale == 1) return denoiser.Forward(context, noisyActions, time);
        using DisposeScope scope = NewDisposeScope();
        return Combine(denoiser.Forward(WithAndWithout(context), cat([noisyActions, noisyActions]), cat([time, time]))).MoveToOuterDisposeScope();
    }

    /// <summary>Guided predictions at many times, for inference.</summary>
    /// <inheritdoc cref="Denoiser.Prepare"/>
    /// <exception cref="InvalidOperationException">The scale is not 1, and training has not dropped these parts.</exception>
    public DenoiserStep Prepare(Denoiser denoiser, Tensor context, ReadOnlySpan<float> times)
    {
        ArgumentNullException.ThrowIfNull(denoiser);
        if (config.Scale == 1) return denoiser.Prepare(context, times);
        using IDisposable noGradient = no_grad();
        DenoiserStep step = denoiser.Prepare(WithAndWithout(context), times);
        return (noisyActions, timeIndex) =>
        {
            using IDisposable noGradientInStep = no_grad();
            using DisposeScope scope = NewDisposeScope();
            return Combine(step(cat([noisyActions, noisyActions]), timeIndex)).MoveToOuterDisposeScope();
        };
    }

    private static Tensor Mask(IReadOnlyList<string> parts, HeadShape shape)
    {
        bool[] mask = new bool[shape.ContextTokens * shape.ContextWidth];
        mask.AsSpan().Fill(parts.Count == 0);
        foreach (ContextPart part in shape.Parts.Where(part => parts.Contains(part.Name)))
        {
            for (int token = part.FirstToken; token < part.FirstToken + part.TokenCount; token++)
                mask.AsSpan((token * shape.ContextWidth) + part.FirstColumn, part.ColumnCount).Fill(true);
        }

        return tensor(mask, [shape.ContextTokens, shape.ContextWidth]);
    }

    private void Require(Tensor context) => ShapeContract.Require(context, nameof(context), -1, isCondition.size(0), isCondition.size(1));

    private Tensor WithAndWithout(Tensor context)
    {
        Require(context);
        RequireTrained();
        return cat([context, Replace(context, isCondition.expand(context.size(0), -1, -1))]);
    }

    private Tensor Replace(Tensor context, Tensor drops) => nullContext is null ? context.masked_fill(drops, 0f) : where(drops, nullContext, context);

    private Tensor Combine(Tensor both)
    {
        Tensor[] halves = both.chunk(2);
        return halves[0].mul(ofCondition).add(halves[1], ofNull);
    }

    private void RequireTrained()
    {
        if (isKnownToBeTrained) return;
        using Tensor differs = droppedInTraining.sub(isCondition.to(ScalarType.Float32)).abs().sum();
        if (differs.ToSingle() != 0)
            throw new InvalidOperationException($"Guidance of scale {config.Scale} is asked for over {(config.Parts.Count == 0 ? "the whole context" : string.Join(", ", config.Parts))}, but training did not drop just that. Use the {nameof(GuidanceConfig.Parts)} the policy was trained with, or train with these.");
        isKnownToBeTrained = true;
    }
}
