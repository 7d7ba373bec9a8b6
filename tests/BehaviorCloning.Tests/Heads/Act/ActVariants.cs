using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads;

public sealed class ActVariants : IContractVariants
{
    private static readonly ActHeadConfig Small = new()
    {
        Width = 16, Heads = 2, FeedForwardWidth = 32, EncoderLayers = 1, StyleLayers = 1, LatentWidth = 4, Dropout = 0,
    };

    // The decoder starts from zeros, so its first self-attention mixes equal values whatever its weights are.
    private static readonly string[] FirstSelfAttention = ["network.decoder.0.attention.input.weight"];

    public IEnumerable<ContractVariant> Variants =>
    [
        new(Small) { WithoutGradient = FirstSelfAttention },
        new(Small with { PreNorm = true, DecoderLayers = 2, Latent = InferenceLatent.Prior }, "pre-norm, 2 decoder layers, latent from the prior") { WithoutGradient = [.. FirstSelfAttention, "network.decoder.0.norm1.weight"] },
        new(Small with { PaddingDilutesLoss = true }, "published loss") { WithoutGradient = FirstSelfAttention },
        // Without a style encoder z is always zero, and what multiplies it is never trained.
        new(Small with { StyleEncoder = false }, "no style encoder") { WithoutGradient = [.. FirstSelfAttention, "network.latent.weight"] },
    ];
}
