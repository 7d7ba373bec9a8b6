namespace BehaviorCloning.Simulation.Tests;

/// <summary>Finds the reference data, which is not part of the repository: by BC_DATA, or as shared/data beside a folder above the tests.</summary>
internal static class TestData
{
    /// <summary>The path of a data file or folder; skips the test where there is none.</summary>
    public static string Require(string relativePath)
    {
        string? path = Roots().Select(root => Path.Combine(root, relativePath)).FirstOrDefault(Path.Exists);
        Skip.If(path is null, $"The reference data '{relativePath}' is not here. Set BC_DATA to the folder that holds it.");
        return path!;
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("BC_DATA") is { Length: > 0 } set) yield return set;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "shared", "data");
    }
}
