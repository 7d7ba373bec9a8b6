using System.Runtime.InteropServices;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Keeps a native library from writing to the program's output: Debian's Chipmunk greets on standard output with its first space, in
/// the middle of progress bars and of JSON.
/// </summary>
internal static partial class StandardOutput
{
    private const int Descriptor = 1;
    private const int WriteOnly = 1;

    /// <summary>Runs something while native code's standard output goes nowhere. The console of .NET writes through its own duplicate of the descriptor, so it is not affected.</summary>
    public static void Silence(Action action)
    {
        int kept = -1, nowhere = -1;
        if (!OperatingSystem.IsWindows())
        {
            _ = fflush(0);
            kept = dup(Descriptor);
            nowhere = open("/dev/null", WriteOnly);
        }

        bool silenced = kept >= 0 && nowhere >= 0 && dup2(nowhere, Descriptor) >= 0;
        try
        {
            action();
        }
        finally
        {
            if (silenced)
            {
                // What C still holds in its buffer goes nowhere too.
                _ = fflush(0);
                _ = dup2(kept, Descriptor);
            }

            if (kept >= 0) _ = close(kept);
            if (nowhere >= 0) _ = close(nowhere);
        }
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int fflush(nint stream);
}
