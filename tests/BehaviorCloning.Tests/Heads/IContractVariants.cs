using BehaviorCloning.Heads;

namespace BehaviorCloning.Tests.Heads;

/// <summary>
/// What the contract suite builds of a head instead of its default options: small networks, and a variant an option that matters. A class
/// in the head's test folder implements it; the suite finds it by reflection.
/// </summary>
public interface IContractVariants
{
    /// <summary>Variants of one head. They replace the one with default options.</summary>
    IEnumerable<ContractVariant> Variants { get; }
}

/// <summary>A head's options as the contract suite tests them.</summary>
/// <param name="Config">The options.</param>
/// <param name="Name">Set apart from others of the same head.</param>
public sealed record ContractVariant(PolicyHeadConfig Config, string Name = "")
{
    /// <summary>Adam steps after which the head should have learned one batch by heart.</summary>
    public int OverfitSteps { get; init; } = 800;

    /// <summary>Adam's learning rate while it does.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Parameters that the loss does not depend on by construction, where rounding may leave a trace of a gradient or none.</summary>
    public IReadOnlyList<string> WithoutGradient { get; init; } = [];
}
