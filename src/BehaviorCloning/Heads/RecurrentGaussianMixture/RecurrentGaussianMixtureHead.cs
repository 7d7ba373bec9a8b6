using BehaviorCloning.Engine;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="RecurrentGaussianMixtureHead"/>. The defaults are robomimic's for states.</summary>
public sealed record RecurrentGaussianMixtureHeadConfig : PolicyHeadConfig
{
    /// <summary>The mixture and how it is sampled.</summary>
    public MixtureOptions Mixture { get; init; } = new();

    /// <summary>Width of the LSTM's hidden state. Default 400; robomimic takes 1000 for images.</summary>
    public int HiddenWidth { get; init; } = 400;

    /// <summary>LSTM layers. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>
    /// How much the LSTM has read when it acts. False: always the whole observation history. True: its state is carried from control step to
    /// control step and begins anew every <c>To</c> steps, as in robomimic's rollouts, so it has read between 1 and <c>To</c>
    /// observations; training then shows it every such number. Default false.
    /// </summary>
    public bool CarriesState { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new RecurrentGaussianMixtureHead(this, shape);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(HeadShape shape)
    {
        if (HiddenWidth < 1) yield return $"{nameof(HiddenWidth)} {HiddenWidth} must be at least 1.";
        if (Layers < 1) yield return $"{nameof(Layers)} {Layers} must be at least 1.";
        if (shape.ObservedSteps is { } steps && steps != shape.ContextTokens)
            yield return $"A recurrent head reads one token a control step, but the encoder makes {shape.ContextTokens} of {steps} steps. Set the encoder's TokenPerStep.";
        foreach (string problem in Mixture.Problems()) yield return $"{nameof(Mixture)}: {problem}";
    }
}

/// <summary>
/// LSTM-GMM (BC-RNN-GMM of robomimic, arXiv 2108.03298): an LSTM reads the context tokens in the order of time; its last output, through one
/// linear layer, is a <see cref="GaussianMixture"/> of chunks. See docs/heads/recurrent-gaussian-mixture.md.
/// </summary>
public sealed class RecurrentGaussianMixtureHead : PolicyHead, IActionDensity, IRecurrentHead
{
    private readonly LSTM lstm;
    private readonly Linear output;
    private readonly RecurrentGaussianMixtureHeadConfig config;

    /// <summary>Builds the head.</summary>
    public RecurrentGaussianMixtureHead(RecurrentGaussianMixtureHeadConfig config, HeadShape shape)
        : base(nameof(RecurrentGaussianMixtureHead), shape)
    {
        this.config = config;
        lstm = nn.LSTM(shape.ContextWidth, config.HiddenWidth, config.Layers, batchFirst: true);
        output = nn.Linear(config.HiddenWidth, GaussianMixture.OutputWidth(config.Mixture, shape));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public bool CarriesState => config.CarriesState;

    /// <inheritdoc/>
    public int StateSize => 2 * config.Layers * config.HiddenWidth;

    /// <inheritdoc/>
    public override LossReport Loss(Tensor context, ActionTarget target, Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        LossReport report = Mixture(config.CarriesState ? ReadNewest(context, Lengths(context, random)) : ReadAll(context)).Loss(target);
        report.Total.MoveToOuterDisposeScope();
        return report;
    }

    /// <summary>Reads the whole context, draws a component, then a chunk from it.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor context, Generator? random = null)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Mixture(ReadAll(context)).Sample(random).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor LogProbability(Tensor context, Tensor actions)
    {
        using DisposeScope scope = NewDisposeScope();
        return Mixture(ReadAll(context)).LogProbability(actions).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Advance(Tensor state, Tensor tokens)
    {
        ShapeContract.Require(state, nameof(state), -1, StateSize);
        ShapeContract.Require(tokens, nameof(tokens), state.size(0), -1, Shape.ContextWidth);
        using DisposeScope scope = NewDisposeScope();
        // [B, (hidden, cell) x layer x width] <-> two of [layer, B, width].
        Tensor parts = state.view(-1, 2, config.Layers, config.HiddenWidth).permute(1, 2, 0, 3).contiguous();
        (_, Tensor hidden, Tensor cell) = lstm.forward(tokens, (parts[0], parts[1]));
        return stack([hidden, cell]).permute(2, 0, 1, 3).reshape(-1, StateSize).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor SampleFrom(Tensor state, Generator? random = null)
    {
        ShapeContract.Require(state, nameof(state), -1, StateSize);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        // What the LSTM puts out is the hidden state of its last layer.
        return Mixture(state.view(-1, 2, config.Layers, config.HiddenWidth).select(1, 0).select(1, config.Layers - 1)).Sample(random).MoveToOuterDisposeScope();
    }

    private GaussianMixture Mixture(Tensor read) => new(output.forward(read), config.Mixture, Shape);

    private Tensor ReadAll(Tensor context)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        (Tensor outputs, _, _) = lstm.forward(context);
        return outputs.select(1, Shape.ContextTokens - 1);
    }

    // Reads only the newest tokens of each row, as many as its length says:
    //   N = 4, length 2:   tokens a b c d   read c d (d d)   output after the 2nd
    private Tensor ReadNewest(Tensor context, Tensor lengths)
    {
        ShapeContract.Require(context, nameof(context), -1, Shape.ContextTokens, Shape.ContextWidth);
        long count = Shape.ContextTokens;
        Tensor index = arange(count, ScalarType.Int64, context.device).add((-lengths).add(count).unsqueeze(1)).clamp_max(count - 1);
        (Tensor outputs, _, _) = lstm.forward(context.gather(1, index.unsqueeze(-1).expand(-1, -1, context.size(2))));
        return outputs.gather(1, lengths.sub(1).view(-1, 1, 1).expand(-1, 1, outputs.size(2))).squeeze(1);
    }

    // Every number of observations from 1 to N is as likely: on average over windows this is robomimic's loss at every step of a sequence.
    private Tensor Lengths(Tensor context, Generator? random)
    {
        Tensor uniform = SeededDraw.Uniform([context.size(0)], context.device, random);
        return uniform.mul(Shape.ContextTokens).floor().clamp_max(Shape.ContextTokens - 1).add(1).to(ScalarType.Int64);
    }
}
