namespace BehaviorCloning.Encoders;

/// <summary>
/// Which tokens and columns of the context a part of the observation takes: where a head finds proprioception, a camera's feature map, a
/// goal.
/// </summary>
/// <param name="Name">What it holds: a feature's name, or "proprioception" for all float features together.</param>
/// <param name="FirstToken">Its first token.</param>
/// <param name="TokenCount">How many tokens it takes.</param>
/// <param name="FirstColumn">Its first column.</param>
/// <param name="ColumnCount">How many columns it takes; the tokens' other columns belong to other parts, or are zero.</param>
public sealed record ContextPart(string Name, int FirstToken, int TokenCount, int FirstColumn, int ColumnCount)
{
    /// <summary>Rows of the feature map that the tokens are, row by row; null where they are none.</summary>
    public int? Height { get; init; }

    /// <summary>Columns of that feature map.</summary>
    public int? Width { get; init; }
}
