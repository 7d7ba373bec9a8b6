namespace BehaviorCloning.Encoders;

/// <summary>Options of an encoder, and its maker. Found by its record's name without "Config", as heads are.</summary>
public abstract record ObservationEncoderConfig
{
    /// <summary>Builds the encoder for observations of the given features and horizon.</summary>
    public abstract ObservationEncoder Create(ObservationSpec features, int observationHorizon);

    /// <summary>What the encoder will return, known without building it, so that a head's options can be checked against it.</summary>
    public abstract TokenShape Tokens(ObservationSpec features, int observationHorizon);

    /// <summary>What of the context is what, for heads that treat parts differently. Default: the encoder does not say.</summary>
    public virtual IReadOnlyList<ContextPart> Parts(ObservationSpec features, int observationHorizon) => [];

    /// <summary>Every fault of these options for the given features, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems(ObservationSpec features, int observationHorizon) => [];
}

/// <summary>How many context tokens an encoder makes of an observation history, and how wide each is.</summary>
/// <param name="Count">N.</param>
/// <param name="Width">C.</param>
public readonly record struct TokenShape(int Count, int Width);
