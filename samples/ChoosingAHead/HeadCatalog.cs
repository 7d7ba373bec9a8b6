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

    /// <summary>Its options with another number of sampling steps, or null where it has none.</summary>
    public Func<PolicyHeadConfig, int, PolicyHeadConfig>? WithSamplingSteps { get; init; }
}

/// <summary>How large the networks are: small ones for worlds of a few numbers.</summary>
/// <param name="Width">Of hidden layers.</param>
/// <param name="Blocks">Residual blocks, or layers.</param>
internal sealed record NetworkSize(int Width, int Blocks)
{
    public static readonly NetworkSize Small = new(128, 3);

    public static readonly NetworkSize PushT = new(256, 6);
}

/// <summary>The heads there are, by name.</summary>
internal static class HeadCatalog
{
    private static readonly HeadEntry[] Entries =
    [
        new("mse", size => new MseHeadConfig { HiddenWidth = size.Width, Blocks = size.Blocks }),
        new("flow", size => new FlowMatchingHeadConfig { Denoiser = Mlp(size) })
        {
            WithSamplingSteps = (head, steps) => (FlowMatchingHeadConfig)head with { SamplingSteps = steps },
        },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Entries.Select(entry => entry.Name)];

    /// <summary>The head of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static HeadEntry Find(string name) => Array.Find(Entries, entry => entry.Name == name)
        ?? throw new ArgumentException($"There is no head '{name}'. There are: {string.Join(", ", Names)}.");

    private static ResidualMlpDenoiserConfig Mlp(NetworkSize size) => new() { Width = size.Width, Blocks = size.Blocks };
}
