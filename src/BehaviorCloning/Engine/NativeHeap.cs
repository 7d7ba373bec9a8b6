using System.Runtime.InteropServices;

namespace BehaviorCloning.Engine;

/// <summary>How the C library's allocator treats the memory that tensors live in.</summary>
internal static partial class NativeHeap
{
    // From malloc.h of the GNU C library.
    private const int TrimThreshold = -1, MapThreshold = -3;

    /// <summary>Lets the heap keep what a training step frees, for the next step to use.</summary>
    /// <remarks>
    /// Every step makes and frees the same activations. By default glibc gives the end of its heap back to the system when it is
    /// free, and the next step gets it anew, page by page: 450 page faults a step for a small network. Other C libraries have no such option.
    /// </remarks>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            // 32 MB is the highest value that the library accepts for blocks to be kept in the heap.
            _ = SetOption(MapThreshold, 32 << 20);
            _ = SetOption(TrimThreshold, 512 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Not the GNU C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
