using BehaviorCloning;
using BehaviorCloning.Heads;

namespace ChoosingAHead;

/// <summary>A head that is compared.</summary>
/// <param name="Name">Its name on the command line and in the tables.</param>
/// <param name="Options">Its options for a size of network.</param>
internal sealed record HeadEntry(string Name, Func<NetworkSize, PolicyHeadConfig> Options)
{
    /// <summary>Whether the encoder gives it a token for every observed step, in place of one for all.</summary>
    public bool TokenPerStep { get; init; }

    /// <summary>What it sees and predicts where that cannot be the world's own.</summary>
    public Func<Horizons, Horizons> Horizons { get; init; } = horizons => horizons;

    /// <summary>The ways to sample from the same weights in a number of steps, each with its name; none where there are no steps.</summary>
    public Func<PolicyHeadConfig, int, IReadOnlyList<(string Sampler, PolicyHeadConfig Head)>>? Samplers { get; init; }

    /// <summary>Sampling steps of a student that is played in its place, or null. It is trained after it, in half as many steps again.</summary>
    public int? StudentSteps { get; init; }

    /// <summary>Whether it is compared only where it is named: a variant of another head.</summary>
    public bool IsVariant { get; init; }
}

/// <summary>How large the networks are: small ones for worlds of a few numbers.</summary>
/// <param name="Width">Of hidden layers.</param>
/// <param name="Blocks">Residual blocks.</param>
/// <param name="Layers">Layers of a transformer.</param>
/// <param name="CodecSteps">Steps in which codes of chunks are learned before the training proper.</param>
internal sealed record NetworkSize(int Width, int Blocks, int Layers, int CodecSteps)
{
    public static readonly NetworkSize Tiny = new(32, 1, 1, 20);

    public static readonly NetworkSize Small = new(128, 3, 2, 1500);

    public static readonly NetworkSize PushT = new(256, 6, 4, 3000);
}

/// <summary>The heads there are, by name.</summary>
internal static class HeadCatalog
{
    // Seen by those whose network reads steps one by one, as published for LSTM-GMM.
    private const int LongHistory = 10;

    private static readonly HeadEntry[] Entries =
    [
        new("mse", size => new MseHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks }),
        new("binned", size => new BinnedHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks }),

        // Tokens that are hardly ever right are left out: a chunk is a long row of draws, and one wrong one spoils it.
        new("autoregressive", size => new AutoregressiveHeadConfig { Decoder = Decoder(size), Sampling = new TokenSampling { TopP = 0.9 } }) { TokenPerStep = true },
        new("fast", size => new FastHeadConfig { VocabularySize = 512, Decoder = Decoder(size), Sampling = new TokenSampling { TopP = 0.9 } }) { TokenPerStep = true },
        new("gmm", size => new GaussianMixtureHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks }),
        new("lstm-gmm", size => new RecurrentGaussianMixtureHeadConfig { HiddenWidth = size.Width / 2 })
        {
            TokenPerStep = true,
            Horizons = horizons => horizons.Observation == 1 ? horizons : horizons with { Observation = LongHistory },
        },

        // As published it predicts a single action: a search over a whole chunk's values finds nothing.
        new("ibc", size => new ImplicitHeadConfig { HiddenWidth = size.Width / 2, Blocks = size.Blocks, CounterExamples = 32, Choice = ImplicitChoice.Drawn })
        {
            Horizons = horizons => horizons with { Prediction = 1, Execution = 1 },
        },

        // A focal loss leaves unlikely classes more probability than they have: drawn as they are, many chunks would belong to no way.
        new("bet", size => new BehaviorTransformerHeadConfig { Clusters = 32, Temperature = 0.3, Trunk = Trunk(size) }) { TokenPerStep = true },
        new("vq-bet", size => new VqBetHeadConfig { Codec = new ChunkCodecConfig { CodeWidth = size.Width, Steps = size.CodecSteps }, HeadWidth = size.Width, Temperature = 0.3, Trunk = Trunk(size) }) { TokenPerStep = true },
        new("vae", size => new VaeHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks }),
        new("cvae", size => new CvaeHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks, LearnedPrior = true }),
        new("act", Act),
        new("act-without-style", size => Act(size) with { StyleEncoder = false }) { IsVariant = true },
        new("diffusion", size => new DiffusionHeadConfig { Denoiser = Mlp(size) })
        {
            Samplers = (head, steps) =>
            [
                ("DDIM", (DiffusionHeadConfig)head with { Sampler = new DdimSampler { Steps = steps } }),
                ("DDPM", (DiffusionHeadConfig)head with { Sampler = new DdpmSampler { Steps = steps } }),
                ("DPM-Solver++", (DiffusionHeadConfig)head with { Sampler = new DpmSolverSampler { Steps = steps } }),
            ],
        },
        new("flow", size => new FlowMatchingHeadConfig { Denoiser = Mlp(size) })
        {
            Samplers = (head, steps) => [("Euler", (FlowMatchingHeadConfig)head with { SamplingSteps = steps })],
        },
        new("flow-distilled", size => new FlowMatchingHeadConfig { Denoiser = Mlp(size) }) { StudentSteps = 1 },
        new("flow-distilled-2", size => new FlowMatchingHeadConfig { Denoiser = Mlp(size) }) { StudentSteps = 2, IsVariant = true },
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>The heads, without variants of them.</summary>
    public static IReadOnlyList<string> StandardNames { get; } = [.. Entries.Where(entry => !entry.IsVariant).Select(entry => entry.Name)];

    /// <summary>The head of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static HeadEntry Find(string name) => Array.Find(Entries, entry => entry.Name == name)
        ?? throw new ArgumentException($"There is no head '{name}'. There are: {string.Join(", ", Names)}.");

    private static ResidualMlpDenoiserConfig Mlp(NetworkSize size) => new() { Width = size.Width, Blocks = size.Blocks };

    private static TokenDecoderConfig Decoder(NetworkSize size) => new() { Width = size.Width / 2, Layers = size.Layers, Heads = 4, FeedForwardWidth = 2 * size.Width };

    private static ContextTransformerConfig Trunk(NetworkSize size) => new() { Width = size.Width / 2, Layers = size.Layers, Heads = 4 };

    private static ActHeadConfig Act(NetworkSize size) => new()
    {
        Width = size.Width / 2, Heads = 4, FeedForwardWidth = 2 * size.Width, EncoderLayers = size.Layers, StyleLayers = size.Layers, LatentWidth = 8,
    };
}
