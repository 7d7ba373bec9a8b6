namespace BehaviorCloning.Training;

/// <summary>The metric files that every run with a folder gets.</summary>
internal sealed class RunFolderObservers : IDisposable
{
    private readonly CsvMetricsWriter? csv;
    private readonly TensorBoardWriter? tensorBoard;

    public RunFolderObservers(string? runFolder, long fromStep)
    {
        if (runFolder is null) return;
        Directory.CreateDirectory(runFolder);
        csv = new CsvMetricsWriter(Path.Combine(runFolder, "metrics.csv"), fromStep);
        tensorBoard = new TensorBoardWriter(runFolder);
    }

    public IEnumerable<ITrainingObserver> All => csv is null ? [] : [csv, tensorBoard!];

    public void Dispose()
    {
        csv?.Dispose();
        tensorBoard?.Dispose();
    }
}
