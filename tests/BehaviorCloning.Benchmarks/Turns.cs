using System.Diagnostics;
using BehaviorCloning.Training;

namespace BehaviorCloning.Benchmarks;

/// <summary>Times the trainer between two reports and then lets the peer take as many steps. The first round warms both up.</summary>
internal sealed class Turns(Measurement measurement, int steps, Peer? peer) : ITrainingObserver
{
    private long start;

    public void OnProgress(TrainingProgress progress)
    {
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
        double? theirs = peer?.Run(measurement.Name, steps);
        if (progress.Step > steps) measurement.Add(seconds, theirs);
        start = Stopwatch.GetTimestamp();
    }
}
