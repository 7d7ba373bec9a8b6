namespace BehaviorCloning.Heads;

/// <summary>
/// Options of a head, and its maker. A new head is one sealed record derived from this and one sealed <see cref="PolicyHead"/>;
/// nothing registers it: configurations name it by the record's name without "Config".
/// </summary>
public abstract record PolicyHeadConfig
{
    /// <summary>Builds the head for the given sizes.</summary>
    public abstract PolicyHead Create(HeadShape shape);

    /// <summary>Every fault of these options for the given sizes, none if they are sound.</summary>
    public virtual IEnumerable<string> Problems(HeadShape shape) => [];
}
