using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Encoders;

/// <summary>What is learned: an encoder, and the decoder that it is learned with. Images are [B, 3, H, W] from -1 to 1; errors are told on a scale from 0 to 1.</summary>
internal abstract class LearnedModel(string name) : nn.Module(name)
{
    /// <summary>Takes what can be known of the training images before the first step.</summary>
    /// <param name="mean">Their mean, [3, H, W].</param>
    public virtual void Begin(Tensor mean)
    {
    }

    /// <summary>What training minimizes, one number.</summary>
    /// <param name="images">[B, 3, H, W].</param>
    /// <param name="random">Draws latents and masks.</param>
    public abstract Tensor Loss(Tensor images, Generator? random);

    /// <summary>What it makes of images, as in use: without noise, but masked where masks are the task.</summary>
    /// <inheritdoc cref="Loss"/>
    public abstract ImageReconstruction Reconstruct(Tensor images, Generator? random);

    /// <summary>Half the difference: from -1..1 to 0..1.</summary>
    private protected static Tensor SquaredError(Tensor images, Tensor target) => images.sub(target).square().mul(0.25f);
}

/// <summary>Images as they were rebuilt.</summary>
/// <param name="Images">[B, 3, H, W].</param>
/// <param name="Asked">1 where pixels had to be rebuilt, 0 where they were shown, [B, 1, H, W].</param>
internal sealed record ImageReconstruction(Tensor Images, Tensor Asked)
{
    /// <summary>Means of the latents, [B, Z]; null where they are not random.</summary>
    public Tensor? Means { get; init; }

    /// <summary>KL(posterior || prior) of each latent, nats, [B, Z].</summary>
    public Tensor? Divergence { get; init; }

    /// <summary>A bound on -log p(image) from one draw of the latents, nats, [B].</summary>
    public Tensor? NegativeElbo { get; init; }
}

/// <summary>The encoder of a learned network as it is used: its names are those of the file without the decoder's.</summary>
internal abstract class LearnedTrunk(string name, bool withSummary) : PublishedTrunk(name)
{
    private readonly bool withSummary = withSummary;

    /// <summary>What of the encoder only the summary needs.</summary>
    private protected abstract string? SummaryPrefix { get; }

    public override Dictionary<string, Tensor> Targets() => state_dict();

    public override string? NameOf(string published) =>
        published.StartsWith("decoder.", StringComparison.Ordinal) || (!withSummary && SummaryPrefix is { } prefix && published.StartsWith(prefix, StringComparison.Ordinal)) ? null : published;
}
