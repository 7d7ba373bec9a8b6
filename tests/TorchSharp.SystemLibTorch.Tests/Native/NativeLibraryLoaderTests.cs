using TorchSharp.Native;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class NativeLibraryLoaderTests
{
    [Fact]
    public void A_missing_library_says_what_to_install_and_where_it_looked()
    {
        var paths = NativeLibraryLoader.SearchPaths("/app", "/robot/native.so");
        var load = () => NativeLibraryLoader.Load(paths, NothingLoads);

        load.Should().Throw<DllNotFoundException>().Which.Message.Should()
            .Contain("apt-get install libtorch-dev libopenblas0-pthread cmake g++")
            .And.Contain("cmake -S native -B build")
            .And.Contain(NativeLibraryLoader.EnvironmentVariable)
            .And.Contain("/robot/native.so: libtorch_cpu.so.1.13: cannot open shared object file")
            .And.Contain("/app/" + NativeLibraryLoader.FileName);
    }

    [Fact]
    public void The_environment_variable_comes_first_and_may_name_a_folder()
    {
        NativeLibraryLoader.SearchPaths("/app", "/usr")[0].Should().Be("/usr/" + NativeLibraryLoader.FileName);
        NativeLibraryLoader.SearchPaths("/app", "/x/shim.so")[0].Should().Be("/x/shim.so");
        NativeLibraryLoader.SearchPaths("/app", null)[0].Should().Be("/app/" + NativeLibraryLoader.FileName);
    }

    [Fact]
    public void The_first_path_that_loads_is_taken()
    {
        var tried = new List<string>();
        var handle = NativeLibraryLoader.Load(["/a", "/b", "/c"], SecondLoads);

        handle.Should().Be(7);
        tried.Should().Equal("/a", "/b");

        bool SecondLoads(string path, out IntPtr found, out string? reason)
        {
            tried.Add(path);
            (found, reason) = (7, "no such file");
            return string.Equals(path, "/b", StringComparison.Ordinal);
        }
    }

    private static bool NothingLoads(string path, out IntPtr handle, out string? reason)
    {
        handle = IntPtr.Zero;
        reason = "libtorch_cpu.so.1.13: cannot open shared object file";
        return false;
    }
}
