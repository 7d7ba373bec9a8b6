using System.Diagnostics;
using System.Globalization;

namespace BehaviorCloning.Benchmarks;

/// <summary>The PyTorch process that does the same work, one piece at a time, when it is asked.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    public Peer(string python, int torchThreads, int blasThreads)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peer.py")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        start.Environment["OMP_NUM_THREADS"] = torchThreads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_NUM_THREADS"] = blasThreads.ToString(CultureInfo.InvariantCulture);
        process = Process.Start(start) ?? throw new InvalidOperationException($"'{python}' could not be started.");
        Description = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"'{python} peer.py' said nothing. Install python3-torch, or run with --no-peer.");
    }

    public string Description { get; }

    /// <summary>Seconds a repetition.</summary>
    public double Run(string name, int repetitions)
    {
        process.StandardInput.WriteLine($"{name} {repetitions}");
        process.StandardInput.Flush();
        string answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The peer ended during '{name}'.");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
    }
}
