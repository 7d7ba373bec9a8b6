using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BehaviorCloning.Tests;

/// <summary>Golden numbers beside a test: <c>golden/name</c> in the folder of the test's file.</summary>
internal static class GoldenFile
{
    public static string PathOf(string name, [CallerFilePath] string test = "") => Path.Combine(Repository.GoldenFolder(test), name);

    public static JsonElement Json(string name, [CallerFilePath] string test = "") => JsonDocument.Parse(File.ReadAllText(PathOf(name, test))).RootElement;

    public static float[] Floats(this JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
