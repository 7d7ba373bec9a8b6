namespace Intervene;

/// <summary>What a person can ask for in a control step.</summary>
internal enum Key
{
    /// <summary>Nothing; a dot in scripts.</summary>
    None,

    /// <summary>The target goes left: the arrow, or a.</summary>
    Left,

    /// <summary>The target goes right: the arrow, or d.</summary>
    Right,

    /// <summary>The target goes up: the arrow, or w.</summary>
    Up,

    /// <summary>The target goes down: the arrow, or s.</summary>
    Down,

    /// <summary>Space: pauses, takes over, hands back, in turn.</summary>
    Switch,

    /// <summary>The policy goes on, or g: ends a pause without a correction.</summary>
    GoOn,

    /// <summary>The episode ends, or e.</summary>
    EndEpisode,

    /// <summary>The program ends, or q.</summary>
    Stop,
}
