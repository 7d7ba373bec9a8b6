namespace BehaviorCloning;

/// <summary>Finds real recordings, which are not part of the repository: by BC_DATA, or as shared/data beside a folder above.</summary>
internal static class TestData
{
    private static readonly string? Folder = Find();

    /// <summary>The path of a file or folder in it. Skips the test where it is absent.</summary>
    public static string Require(string relative)
    {
        string? path = Folder is null ? null : Path.Combine(Folder, relative);
        Skip.If(!Path.Exists(path), $"'{relative}' is not here. Set BC_DATA to the folder of real recordings.");
        return path!;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("BC_DATA") is { Length: > 0 } set) return set;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
