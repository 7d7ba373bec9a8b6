using BehaviorCloning.Networks;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="CvaeHead"/>.</summary>
public sealed record CvaeHeadConfig : LatentVariableHeadConfig
{
    /// <summary>
    /// Whether the prior is a normal distribution that a network makes of the context instead of N(0, I). Makes the prior go to the posteriors
    /// as well as the other way round; it remains one bump, so modes are kept apart by the decoder alone. Default false.
    /// </summary>
    public bool LearnedPrior { get; init; }

    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new CvaeHead(this, shape);
}

/// <summary>
/// A conditional variational autoencoder of action chunks: the posterior q(z | chunk, context) has to say only what the context does not
/// tell, such as which of two ways round an obstacle was taken. Sampling draws z from the prior N(0, I), or from a learned one p(z | context).
/// </summary>
public sealed class CvaeHead : LatentVariableHead
{
    private readonly ResidualMlp? prior;
    private readonly int latentSize;

    /// <summary>Builds the head.</summary>
    public CvaeHead(CvaeHeadConfig config, HeadShape shape)
        : base(nameof(CvaeHead), config, shape, encoderSeesContext: true)
    {
        latentSize = config.LatentSize;
        if (config.LearnedPrior) prior = new ResidualMlp(shape.ContextTokens * shape.ContextWidth, config.HiddenWidth, config.Blocks, 2 * latentSize);
        RegisterComponents();
    }

    private protected override DiagonalGaussian Prior(Tensor context) => prior is null
        ? DiagonalGaussian.Standard(context.size(0), latentSize, context.device)
        : DiagonalGaussian.Of(prior.forward(context));
}
