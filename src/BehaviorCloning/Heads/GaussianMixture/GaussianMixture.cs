using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>
/// A mixture of diagonal Gaussians over whole chunks, one a row of context:
/// <c>log p(a) = logsumexp_k [ log w_k + sum_td log N(a_td; mean_ktd, scale_ktd) ]</c>.
/// </summary>
/// <remarks>
/// One component holds for a whole chunk, so a sample never starts on the left and ends on the right. The Gaussians are diagonal, so steps that
/// are not inside their episode are marginalized exactly by leaving their terms out.
/// </remarks>
public sealed class GaussianMixture
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);
    private readonly MixtureOptions options;

    /// <summary>Reads a mixture from a network's outputs; its tensors live in the caller's dispose scope.</summary>
    /// <param name="outputs">Logits, means and raw standard deviations side by side, [B, <see cref="OutputWidth"/>].</param>
    /// <param name="options">How they are read.</param>
    /// <param name="shape">Of the chunks.</param>
    public GaussianMixture(Tensor outputs, MixtureOptions options, HeadShape shape)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(shape);
        ShapeContract.Require(outputs, nameof(outputs), -1, OutputWidth(options, shape));
        this.options = options;
        int components = options.Components, values = components * shape.PredictionHorizon * shape.ActionDimension;
        Logits = outputs.narrow(1, 0, components);
        Tensor means = Chunks(outputs.narrow(1, components, values));
        Means = options.BoundedMeans ? means.tanh() : means;
        Scales = nn.functional.softplus(Chunks(outputs.narrow(1, components + values, values))).add(options.MinimumScale);

        Tensor Chunks(Tensor flat) => flat.view(-1, components, shape.PredictionHorizon, shape.ActionDimension);
    }

    /// <summary>Unnormalized log-weights, [B, K].</summary>
    public Tensor Logits { get; }

    /// <summary>[B, K, Tp, Da].</summary>
    public Tensor Means { get; }

    /// <summary>Standard deviations, [B, K, Tp, Da].</summary>
    public Tensor Scales { get; }

    /// <summary>How many numbers a network must put out for a mixture.</summary>
    public static int OutputWidth(MixtureOptions options, HeadShape shape) => options.Components * (1 + (2 * shape.PredictionHorizon * shape.ActionDimension));

    /// <summary>The exact log-density of chunks, or of what of them is inside their episode.</summary>
    /// <param name="actions">[B, Tp, Da].</param>
    /// <param name="insideEpisode">[B, Tp], bool; null for whole chunks.</param>
    /// <returns>Nats, [B].</returns>
    public Tensor LogProbability(Tensor actions, Tensor? insideEpisode = null)
    {
        ShapeContract.Require(actions, nameof(actions), Logits.size(0), Means.size(2), Means.size(3));
        using DisposeScope scope = NewDisposeScope();
        Tensor? outside = null;
        if (insideEpisode is not null)
        {
            ShapeContract.Require(insideEpisode, nameof(insideEpisode), Logits.size(0), Means.size(2));
            outside = insideEpisode.logical_not().view(-1, 1, Means.size(2), 1);
        }

        Tensor distance = actions.unsqueeze(1).sub(Means);
        // Before it is squared: padding may hold infinities, whose gradient would be NaN even where it is left out afterwards.
        if (outside is not null) distance = distance.masked_fill(outside, 0f);
        Tensor terms = distance.div(Scales).square().mul(-0.5).sub(Scales.log()).sub(HalfLogTwoPi);
        if (outside is not null) terms = terms.masked_fill(outside, 0f);
        return Logits.log_softmax(1).add(terms.flatten(2).sum(-1)).logsumexp(1).MoveToOuterDisposeScope();
    }

    /// <summary>Minus the mean log-density of the expert's chunks: nats a chunk.</summary>
    public LossReport Loss(ActionTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        using DisposeScope scope = NewDisposeScope();
        Tensor surprise = LogProbability(target.Actions, target.InsideEpisode).neg().unsqueeze(1);
        return new LossReport(MaskedMean.Of(surprise, target.InsideEpisode.any(1, keepdim: true), target.SampleWeight).MoveToOuterDisposeScope());
    }

    /// <summary>The mean of the component of largest weight, [B, Tp, Da].</summary>
    public Tensor Mode()
    {
        using DisposeScope scope = NewDisposeScope();
        return Of(Means, Logits.argmax(1)).MoveToOuterDisposeScope();
    }

    /// <summary>A chunk a row: draws a component, then from it.</summary>
    /// <param name="random">Null: the engine's default generator.</param>
    /// <returns>[B, Tp, Da].</returns>
    public Tensor Sample(Generator? random = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor component = ClassDraw.Of(Logits, options.Temperature, random);
        Tensor noise = SeededDraw.Normal([Logits.size(0), Means.size(2), Means.size(3)], Logits.device, random);
        Tensor mean = Of(Means, component);
        Tensor sample = options.LowNoiseEvaluation
            ? mean.add(noise.mul(MixtureOptions.LowNoiseScale))
            : mean.addcmul(noise, Of(Scales, component), 1f);
        return sample.MoveToOuterDisposeScope();
    }

    // The chosen component of [B, K, Tp, Da].
    private static Tensor Of(Tensor chunks, Tensor component)
    {
        Tensor index = component.view(-1, 1, 1, 1).expand(-1, 1, chunks.size(2), chunks.size(3));
        return chunks.gather(1, index).squeeze(1);
    }
}
