using BehaviorCloning.Encoders;

namespace BehaviorCloning.Tests.Encoders;

/// <summary>What the contract suite builds of an encoder. A class beside the encoder's tests implements it; the suite finds it by reflection.</summary>
public interface IEncoderVariants
{
    /// <summary>Variants of one encoder.</summary>
    IEnumerable<EncoderVariant> Variants { get; }
}

/// <summary>An encoder's options as the contract suite tests them.</summary>
/// <param name="Config">The options.</param>
/// <param name="Features">What it is built for.</param>
/// <param name="ObservationHorizon">To.</param>
/// <param name="Name">Set apart from others of the same encoder.</param>
public sealed record EncoderVariant(ObservationEncoderConfig Config, ObservationSpec Features, int ObservationHorizon, string Name)
{
    /// <summary>Parameters that the tokens do not depend on by construction, where rounding may leave a trace of a gradient or none.</summary>
    public IReadOnlyList<string> WithoutGradient { get; init; } = [];

    /// <summary>Whether training draws something, so that another seed gives other tokens.</summary>
    public bool Augments { get; init; }
}
