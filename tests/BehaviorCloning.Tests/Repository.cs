namespace BehaviorCloning.Tests;

/// <summary>Where the repository's files are while its tests run.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The golden folder beside a test's file.</summary>
    /// <param name="test">The path that the compiler knows the file by, which in a reproducible build does not begin with the repository's.</param>
    public static string GoldenFolder(string test)
    {
        const string Project = "/tests/BehaviorCloning.Tests/";
        string path = test.Replace('\\', '/');
        int start = path.LastIndexOf(Project, StringComparison.Ordinal);
        return Path.Combine(Root, Path.GetDirectoryName(path[(start + 1)..])!, "golden");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BehaviorCloning.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds BehaviorCloning.sln.");
    }
}
