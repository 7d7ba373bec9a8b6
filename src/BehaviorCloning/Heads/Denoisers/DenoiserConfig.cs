namespace BehaviorCloning.Heads;

/// <summary>Options of a denoiser, and its maker. Found by its record's name without "Config", as heads are.</summary>
public abstract record DenoiserConfig
{
    /// <summary>Builds the denoiser for the given sizes.</summary>
    public abstract Denoiser Create(HeadShape shape);

    /// <summary>Every fault of these options for the given sizes, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems(HeadShape shape) => [];
}
