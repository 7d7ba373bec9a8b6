using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Which of the candidates that a search ends with is the answer.</summary>
public enum ImplicitChoice
{
    /// <summary>The one of highest score, as in the IBC paper: always the same mode.</summary>
    Best,

    /// <summary>One drawn by the softmax of the scores, as in diffusion policy's baseline: every mode in its turn.</summary>
    Drawn,
}

/// <summary>
/// Options of <see cref="ImplicitHead"/>. The defaults are those of the IBC paper's pushing task from states, with 1,024 candidates at inference as on its
/// real robot instead of 16,384.
/// </summary>
public sealed record ImplicitHeadConfig : PolicyHeadConfig
{
    /// <summary>Width of the hidden layers. Default 128.</summary>
    public int HiddenWidth { get; init; } = 128;

    /// <summary>Residual blocks, two layers each. Default 4.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>Share of the activations dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Counter-examples that each expert chunk is set against. Training costs in proportion. Default 256.</summary>
    public int CounterExamples { get; init; } = 256;

    /// <summary>What is added at either end of the training actions' range to make the action box, as a share of the range. Default 0.05.</summary>
    public double BoundsMargin { get; init; } = 0.05;

    /// <summary>Divides the scores in the loss and when a candidate is drawn. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Standard deviation of noise on the expert's chunks in training, a share of the box's half width. Default 0.</summary>
    public double ExpertNoise { get; init; }

    /// <summary>A chain that moves counter-examples to where the score is high before they are used; null leaves them uniform. Default null.</summary>
    public LangevinChain? CounterExampleChain { get; init; }

    /// <summary>Weight of the penalty on steep scores, which only <see cref="CounterExampleChain"/> needs. Default 1.</summary>
    public double GradientPenalty { get; init; } = 1;

    /// <summary>The largest slope of the score, over the box's half width, that is not penalized. Default 1.</summary>
    public double GradientMargin { get; init; } = 1;

    /// <summary>How an answer is searched for. Default derivative-free.</summary>
    public ImplicitSearch Search { get; init; } = new DerivativeFreeSearch();

    /// <summary>Which candidate is the answer. Default the best.</summary>
    public ImplicitChoice Choice { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new ImplicitHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Blocks < 0) yield return $"{nameof(Blocks)} {Blocks} must not be negative.";
        if (!(Dropout is >= 0 and < 1)) yield return $"{nameof(Dropout)} {Dropout} must be at least 0 and below 1.";
        if (CounterExamples < 1) yield return $"{nameof(CounterExamples)} {CounterExamples} must be at least 1.";
        if (!(BoundsMargin >= 0 && double.IsFinite(BoundsMargin))) yield return $"{nameof(BoundsMargin)} {BoundsMargin} must be finite and not negative.";
        if (!(Temperature > 0 && double.IsFinite(Temperature))) yield return $"{nameof(Temperature)} {Temperature} must be finite and positive.";
        if (!(ExpertNoise >= 0 && double.IsFinite(ExpertNoise))) yield return $"{nameof(ExpertNoise)} {ExpertNoise} must be finite and not negative.";
        if (!(GradientPenalty >= 0 && double.IsFinite(GradientPenalty))) yield return $"{nameof(GradientPenalty)} {GradientPenalty} must be finite and not negative.";
        if (!(GradientMargin >= 0 && double.IsFinite(GradientMargin))) yield return $"{nameof(GradientMargin)} {GradientMargin} must be finite and not negative.";
        if (!Enum.IsDefined(Choice)) yield return $"{nameof(Choice)} {Choice} must be one of {string.Join(", ", Enum.GetNames<ImplicitChoice>())}.";
        foreach (string problem in Search.Problems()) yield return $"{nameof(Search)}: {problem}";
        foreach (string problem in CounterExampleChain?.Problems() ?? []) yield return $"{nameof(CounterExampleChain)}: {problem}";
    }
}

/// <summary>
/// Implicit behavioral cloning (Florence et al. 2021, arXiv 2109.00137): learns an energy of context and chunk, low where experts act, and answers with a
/// chunk of low energy that it searches for. Sharp where the expert's actions jump; see docs/heads/implicit.md.
/// </summary>
public sealed class ImplicitHead : PolicyHead, IFitsActions
{
    // Contexts are searched for in groups of about this many candidates: enough for large products, few enough to stay in the cache.
    private const int CandidatesAtOnce = 16_384;

    private readonly ImplicitHeadConfig config;
    private readonly ActionBox box;
    private readonly EnergyNetwork network;

    /// <summary>Builds the head.</summary>
    public ImplicitHead(ImplicitHeadConfig config, HeadShape shape)
        : base(nameof(ImplicitHead), shape)
    {
        this.config = config;
        box = new ActionBox(shape);
        network = new EnergyNetwork(shape.ContextTokens * shape.ContextWidth, shape.PredictionHorizon * shape.ActionDimension, config.HiddenWidth, config.Blocks, config.Dropout);
        RegisterComponents();
    }

    /// <summary>Finds the action box.</summary>
    /// <inheritdoc/>
    public void Fit(Tensor actions, Tensor insideEpisode, Generator? random = null) => box.Fit(actions, insideEpisode, config.BoundsMargin);

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        long batch = context.size(0);
        target.Require(Shape, batch);
        using DisposeScope scope = NewDisposeScope();
        Tensor prepared = network.Prepare(Flat(context));
        Tensor inside = target.InsideEpisode.unsqueeze(-1).expand(-1, -1, Shape.ActionDimension).flatten(1).unsqueeze(1);
        Tensor expert = box.Encode(target.Actions).unsqueeze(1), drawn = box.Uniform(batch, config.CounterExamples + 1, random);
        if (config.ExpertNoise > 0) expert = expert.add(SeededDraw.Normal(expert.shape, expert.device, random).mul_(config.ExpertNoise).mul_(box.Free().flatten()));
        // Where a chunk has left its episode, the expert's and all its counter-examples hold the same values, one more draw: no score
        // can tell them apart there, and the network learns what goes with anything behind the end.
        Tensor candidates = cat([expert, drawn.narrow(1, 0, config.CounterExamples)], 1).where(inside, drawn.narrow(1, config.CounterExamples, 1));
        bool chained = config.CounterExampleChain is not null;
        if (chained) candidates = MoveCounterExamples(candidates, prepared, inside, random);

        Tensor scores = network.Score(prepared, candidates);
        Tensor counts = target.InsideEpisode.any(1, keepdim: true);
        // The expert's chunk stands first: minus the log of its share in the softmax.
        Tensor contrast = MaskedMean.Of(scores.div(config.Temperature).log_softmax(1).narrow(1, 0, 1).neg(), counts, target.SampleWeight);
        if (!chained) return new LossReport(contrast.MoveToOuterDisposeScope());
        Tensor penalty = MaskedMean.Of(Steepness(scores, candidates, inside), counts, target.SampleWeight);
        return new LossReport(contrast.add(penalty, config.GradientPenalty).MoveToOuterDisposeScope())
        {
            Parts = new Dictionary<string, Tensor>
            {
                ["info_nce"] = contrast.detach().MoveToOuterDisposeScope(),
                ["gradient_penalty"] = penalty.detach().MoveToOuterDisposeScope(),
            },
        };
    }

    /// <summary>Searches the action box for a chunk of low energy.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor prepared = network.Prepare(Flat(context)), free = box.Free().flatten();
        int contexts = Math.Max(1, CandidatesAtOnce / config.Search.Samples);
        List<Tensor> answers = [];
        foreach (Tensor part in prepared.split(contexts))
        {
            using DisposeScope group = NewDisposeScope();
            Tensor start = box.Uniform(part.size(0), config.Search.Samples, random);
            (Tensor candidates, Tensor scores) = config.Search.Improve(u => network.Score(part, u), start, free, random);
            Tensor index = config.Choice == ImplicitChoice.Best
                ? scores.argmax(1, keepdim: true)
                : ClassDraw.Of(scores, config.Temperature, random).unsqueeze(1);
            answers.Add(candidates.gather(1, index.unsqueeze(-1).expand(-1, -1, candidates.size(2))).squeeze(1).MoveToOuterDisposeScope());
        }

        return box.Decode(cat(answers)).MoveToOuterDisposeScope();
    }

    /// <summary>The energies of chunks, differentiable. Only differences between chunks of one context mean anything.</summary>
    /// <param name="context">Context tokens, [B, N, C].</param>
    /// <param name="actions">Normalized chunks, [B, n, Tp, Da].</param>
    /// <returns>[B, n].</returns>
    public Tensor Energy(Tensor context, Tensor actions)
    {
        ShapeContract.Require(actions, nameof(actions), context.size(0), -1, Shape.PredictionHorizon, Shape.ActionDimension);
        using DisposeScope scope = NewDisposeScope();
        return network.Score(network.Prepare(Flat(context)), box.Encode(actions)).neg().MoveToOuterDisposeScope();
    }

    // The chain sees the context as it is: its gradient with respect to the network is of no use.
    private Tensor MoveCounterExamples(Tensor candidates, Tensor prepared, Tensor inside, Generator? random)
    {
        Tensor context = prepared.detach();
        Tensor moved = config.CounterExampleChain!.Run(u => network.Score(context, u), candidates.narrow(1, 1, config.CounterExamples), box.Free().flatten().logical_and(inside), random);
        return cat([candidates.narrow(1, 0, 1), moved], 1).detach().requires_grad_();
    }

    // Mean over candidates of max(0, |gradient|_inf - margin)^2, [B, 1]. Differentiable, so its own gradient goes through the gradient.
    private Tensor Steepness(Tensor scores, Tensor candidates, Tensor inside)
    {
        Tensor gradient = autograd.grad([scores.sum()], [candidates], create_graph: true)[0];
        Tensor steepest = gradient.abs().mul(inside).amax([-1L]);
        return steepest.sub(config.GradientMargin).relu().square().mean([1L], keepdim: true);
    }
}
