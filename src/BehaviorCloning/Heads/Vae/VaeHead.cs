using BehaviorCloning.Networks;
using static TorchSharp.torch;

namespace BehaviorCloning.Heads;

/// <summary>Options of <see cref="VaeHead"/>.</summary>
public sealed record VaeHeadConfig : LatentVariableHeadConfig
{
    /// <inheritdoc/>
    public override PolicyHead Create(HeadShape shape) => new VaeHead(this, shape);
}

/// <summary>
/// A variational autoencoder of action chunks: z is encoded from the chunk alone and has one prior N(0, I) for all situations; only the
/// decoder sees the context. A style of moving, learned without regard to where. For "which way, here", see <see cref="CvaeHead"/>.
/// </summary>
/// <remarks>
/// The posterior cannot know what the context tells already, so z repeats it, and under one context the prior may ask for a chunk
/// that belongs to another: docs/heads/vae.md shows how much that costs.
/// </remarks>
public sealed class VaeHead : LatentVariableHead
{
    private readonly int latentSize;

    /// <summary>Builds the head.</summary>
    public VaeHead(VaeHeadConfig config, HeadShape shape)
        : base(nameof(VaeHead), config, shape, encoderSeesContext: false)
    {
        latentSize = config.LatentSize;
        RegisterComponents();
    }

    private protected override DiagonalGaussian Prior(Tensor context) => DiagonalGaussian.Standard(context.size(0), latentSize, context.device);
}
