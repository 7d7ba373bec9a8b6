namespace BehaviorCloning.Actions;

/// <summary>
/// What of an action a policy predicts: the action itself, or how far it lies from a feature that is observed anyway.
/// <see cref="Encode"/> and <see cref="Decode"/> undo each other up to float rounding.
/// </summary>
/// <remarks>
/// <code>
/// // chunk of Tp = 3 targets 12, 15, 19; the hand is at 10 in the newest observation:
/// //   absolute   12  15  19
/// //   relative    2   5   9     against the newest observation, every one
/// //   delta       2   3   4     against the step before
/// </code>
/// </remarks>
public abstract record ActionRepresentation
{
    /// <summary>
    /// The raw feature that actions are measured from, which has one value for each action dimension. Null for actions as they are.
    /// </summary>
    public string? ReferenceFeature { get; init; }

    /// <summary>Turns a chunk of raw actions, in place, into what the policy predicts.</summary>
    /// <param name="chunk">Row-major [Tp, Da], raw units.</param>
    /// <param name="reference">The reference feature in the newest observation, Da values; ignored where there is none.</param>
    public abstract void Encode(Span<float> chunk, ReadOnlySpan<float> reference);

    /// <summary>Turns a predicted chunk, in place, into raw actions.</summary>
    /// <param name="chunk">Row-major [Tp, Da], as predicted.</param>
    /// <param name="reference">The reference feature in the newest observation, Da values; ignored where there is none.</param>
    public abstract void Decode(Span<float> chunk, ReadOnlySpan<float> reference);

    /// <summary>Every reason why it does not suit these observations and actions, none if it does.</summary>
    public abstract IEnumerable<string> Problems(ObservationSpec observations, ActionSpec actions);

    private protected static void RequireRows(ReadOnlySpan<float> chunk, ReadOnlySpan<float> reference)
    {
        if (reference.IsEmpty || chunk.Length % reference.Length != 0)
            throw new ArgumentException($"A chunk of {chunk.Length} values is no whole number of rows of the reference's {reference.Length} values. The reference feature needs one value for each action dimension.");
    }
}
