namespace BehaviorCloning.Datasets;

/// <summary>Some consecutive steps of an episode, as an episode.</summary>
internal sealed class EpisodePiece : Episode
{
    private readonly Episode whole;
    private readonly int start;
    private readonly float[]? weights;

    /// <summary>Takes steps out of an episode; weights multiply those that it has.</summary>
    public EpisodePiece(Episode whole, int start, int length, float[]? weights)
    {
        this.whole = whole;
        this.start = start;
        Length = length;
        if (weights is not null && whole.Annotation("weight") is { IsEmpty: false } own)
            weights = [.. weights.Select((weight, t) => weight * own.Span[start + t])];
        this.weights = weights;
    }

    public override int Length { get; }

    public override ReadOnlyMemory<float> Actions => Part(whole.Actions);

    public override ReadOnlyMemory<float> Feature(string name) => Part(whole.Feature(name));

    public override ReadOnlyMemory<float>? Annotation(string name) =>
        name == "weight" && weights is not null ? weights
        : whole.Annotation(name) is { IsEmpty: false } rows ? Part(rows) : (ReadOnlyMemory<float>?)null;

    public override void ReadFrames(string name, int start, int count, Span<byte> destination) => whole.ReadFrames(name, this.start + start, count, destination);

    private ReadOnlyMemory<float> Part(ReadOnlyMemory<float> rows)
    {
        int size = rows.Length / whole.Length;
        return rows.Slice(start * size, Length * size);
    }
}
