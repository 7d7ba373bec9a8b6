namespace BehaviorCloning.Actions;

/// <summary>What relative and delta actions share: a reference feature, and dimensions that stay absolute all the same.</summary>
public abstract record ReferencedActions : ActionRepresentation
{
    /// <summary>Action dimensions left as they are, such as a gripper's opening. Default none.</summary>
    public IReadOnlyList<int> AbsoluteDimensions { get; init; } = [];

    /// <inheritdoc/>
    public virtual bool Equals(ReferencedActions? other) => base.Equals(other) && AbsoluteDimensions.SequenceEqual(other.AbsoluteDimensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), AbsoluteDimensions.Count);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions)
    {
        string kind = GetType().Name;
        if (string.IsNullOrWhiteSpace(ReferenceFeature))
            yield return $"{kind} need a {nameof(ReferenceFeature)} to be measured from. There are: {observations.Names}.";
        else if (!observations.Contains(ReferenceFeature))
            yield return $"{kind} are measured from feature '{ReferenceFeature}', which there is not. There are: {observations.Names}.";
        else if (observations[ReferenceFeature].Element != FeatureElement.Float32)
            yield return $"{kind} cannot be measured from '{ReferenceFeature}': it is an image.";
        else if (observations[ReferenceFeature].Size != actions.Dimension)
            yield return $"{kind} need one reference value for each of the {actions.Dimension} action dimensions of '{actions.Name}', but '{ReferenceFeature}' has {observations[ReferenceFeature].Size}.";
        foreach (int dimension in AbsoluteDimensions)
        {
            if (dimension < 0 || dimension >= actions.Dimension)
                yield return $"{kind}: absolute dimension {dimension} is none of the {actions.Dimension} action dimensions of '{actions.Name}' (0 to {actions.Dimension - 1}).";
        }
    }

    private protected bool IsReferenced(int dimension) => AbsoluteDimensions.Count == 0 || !AbsoluteDimensions.Contains(dimension);
}
