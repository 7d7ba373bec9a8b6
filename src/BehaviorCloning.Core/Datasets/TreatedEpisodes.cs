namespace BehaviorCloning.Datasets;

/// <summary>A dataset with the faults that a doctor found cut out, weighed or dropped. Nothing is copied but weights.</summary>
public sealed class TreatedEpisodes : IEpisodeSource
{
    private readonly IEpisodeSource source;
    private readonly List<Piece> pieces = [];

    internal TreatedEpisodes(IEpisodeSource source, DoctorReport report, DoctorOptions options)
    {
        this.source = source;
        ILookup<int, DataFinding> ofEpisode = report.Findings.Where(finding => finding.Episode >= 0).ToLookup(finding => finding.Episode);
        for (int e = 0; e < source.EpisodeCount; e++)
        {
            int length = source.EpisodeLength(e);
            int[] piece = new int[length];      // -1: cut out; otherwise grows by one behind every cut
            bool[] weighed = new bool[length];
            bool dropped = false;
            foreach (DataFinding finding in ofEpisode[e])
            {
                Treatment treatment = TreatmentOf(finding.Fault, options);
                dropped |= treatment == Treatment.Drop;
                int end = Math.Min(finding.Start + finding.Count, length);
                if (treatment == Treatment.Weigh) weighed.AsSpan(Math.Min(finding.Start, length - 1)..Math.Max(end, Math.Min(finding.Start + 1, length))).Fill(true);
                if (treatment != Treatment.Cut) continue;
                for (int t = finding.Start; t < length; t++)
                {
                    if (t < end) piece[t] = -1;
                    else if (piece[t] >= 0) piece[t]++;
                }
            }

            if (!dropped) AddPieces(e, piece, weighed, options);
        }
    }

    /// <summary>For each episode here, which episode of the dataset it is of, and where in it.</summary>
    public IReadOnlyList<(int Episode, int Start, int Length)> Origins => [.. pieces.Select(piece => (piece.Episode, piece.Start, piece.Length))];

    /// <inheritdoc/>
    public ObservationSpec Observations => source.Observations;

    /// <inheritdoc/>
    public ActionSpec Actions => source.Actions;

    /// <inheritdoc/>
    public double? ControlRateHz => source.ControlRateHz;

    /// <inheritdoc/>
    public int EpisodeCount => pieces.Count;

    /// <inheritdoc/>
    public int EpisodeLength(int episode) => pieces[episode].Length;

    /// <inheritdoc/>
    public Episode ReadEpisode(int episode)
    {
        Piece piece = pieces[episode];
        Episode whole = source.ReadEpisode(piece.Episode);
        return piece.Length == whole.Length && piece.Weights is null ? whole : new EpisodePiece(whole, piece.Start, piece.Length, piece.Weights);
    }

    private static Treatment TreatmentOf(DataFault fault, DoctorOptions options) => fault switch
    {
        DataFault.Idle => options.Idle,
        DataFault.Stall => options.Stall,
        DataFault.Jump => options.Jump,
        DataFault.Gap => options.Gap,
        DataFault.Outlier => options.Outlier,
        _ => Treatment.Keep,
    };

    private void AddPieces(int episode, int[] piece, bool[] weighed, DoctorOptions options)
    {
        for (int start = 0; start < piece.Length;)
        {
            int end = start;
            while (end < piece.Length && piece[end] == piece[start]) end++;
            if (piece[start] >= 0 && (end - start >= options.ShortestPiece || end - start == piece.Length))
            {
                bool[] own = weighed[start..end];
                pieces.Add(new(episode, start, end - start, Array.IndexOf(own, true) < 0 ? null : [.. own.Select(flag => flag ? (float)options.Weight : 1)]));
            }

            start = end;
        }
    }

    private sealed record Piece(int Episode, int Start, int Length, float[]? Weights);
}
