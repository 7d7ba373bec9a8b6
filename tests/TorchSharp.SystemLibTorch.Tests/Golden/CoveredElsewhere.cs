namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>What the golden table leaves out, and why.</summary>
internal static class CoveredElsewhere
{
    public static IReadOnlyDictionary<string, string> Members { get; } = new Dictionary<string, string>
    {
    };

    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>
    {
    };
}
