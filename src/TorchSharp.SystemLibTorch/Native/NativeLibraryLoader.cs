using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>
/// Finds the shim: where TORCHSHARP_SYSTEM_NATIVE says (a file or a folder), beside the program, or in the program's
/// runtimes folder. What is missing is said together with what to install.
/// </summary>
internal static class NativeLibraryLoader
{
    public const string EnvironmentVariable = "TORCHSHARP_SYSTEM_NATIVE";
    public const string FileName = "libTorchSharpSystem.so";

    /// <summary>The shim's interface that this binding was written for; native/runtime.cpp says the same.</summary>
    public const int InterfaceVersion = 1;

    /// <summary>Loads a library or says why it does not load.</summary>
    public delegate bool Probe(string path, out IntPtr handle, out string? reason);

    public static void Install() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!string.Equals(name, NativeMethods.Library, StringComparison.Ordinal))
            return IntPtr.Zero;
        var handle = Load(SearchPaths(AppContext.BaseDirectory, Environment.GetEnvironmentVariable(EnvironmentVariable)), TryLoad);
        CheckInterface(handle);
        return handle;
    }

    public static IReadOnlyList<string> SearchPaths(string baseDirectory, string? fromEnvironment)
    {
        var paths = new List<string>();
        if (!string.IsNullOrWhiteSpace(fromEnvironment))
            paths.Add(Directory.Exists(fromEnvironment) ? Path.Combine(fromEnvironment, FileName) : fromEnvironment);
        paths.Add(Path.Combine(baseDirectory, FileName));
        paths.Add(Path.Combine(baseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", FileName));
        return paths;
    }

    public static IntPtr Load(IReadOnlyList<string> paths, Probe probe)
    {
        var failures = new List<string>();
        foreach (var path in paths)
        {
            if (probe(path, out var handle, out var reason))
                return handle;
            failures.Add($"  {path}: {reason}");
        }
        throw new DllNotFoundException(
            $"""
            The native half of the system engine ({FileName}) or the libtorch under it could not be loaded. Tried:
            {string.Join(Environment.NewLine, failures)}
            What to do, on Debian or Ubuntu:
              apt-get install libtorch-dev libopenblas0-pthread cmake g++
            then build src/TorchSharp.SystemLibTorch (its build runs CMake), or build the shim by hand with
              cmake -S native -B build && cmake --build build
            and set {EnvironmentVariable} to the file or folder that holds {FileName}.
            """);
    }

    private static bool TryLoad(string path, out IntPtr handle, out string? reason)
    {
        handle = IntPtr.Zero;
        if (!File.Exists(path))
        {
            reason = "no such file";
            return false;
        }
        try
        {
            handle = NativeLibrary.Load(path);
            reason = null;
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            reason = exception.Message.ReplaceLineEndings(" ");
            return false;
        }
    }

    private static unsafe void CheckInterface(IntPtr handle)
    {
        var version = NativeLibrary.TryGetExport(handle, "shim_interface_version", out var function) ? ((delegate* unmanaged<int>)function)() : 0;
        if (version != InterfaceVersion)
        {
            throw new DllNotFoundException(
                $"{FileName} was built for interface {version} of the shim, but this binding needs interface {InterfaceVersion}: rebuild it from the native folder that came with this binding.");
        }
    }
}
