namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>What the golden table leaves out, and why. The names are checked: nothing may be excused that is not there.</summary>
internal static class CoveredElsewhere
{
    private const string Lifetime = "lifetime, no numbers";
    private const string Device = "needs a GPU, or only asks whether there is one";
    private const string Printing = "text, no numbers";
    private const string Process = "settings of the process";

    public static IReadOnlyDictionary<string, string> Members { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["torch.tensor"] = "every overload by reflection: TensorFactoryTests",
        ["torch.as_tensor"] = "every overload by reflection: TensorFactoryTests",
    };

    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
    };
}
