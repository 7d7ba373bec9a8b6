using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>Tensors of a reference run: a JSON file beside the script that made it.</summary>
internal sealed class GoldenTensors
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> entries = [];

    private GoldenTensors(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            entries[entry.Name] = (
                [.. entry.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())],
                [.. entry.Value.GetProperty("values").EnumerateArray().Select(e => e.GetSingle())]);
        }
    }

    public Tensor this[string name] => tensor(entries[name].Values, entries[name].Shape);

    /// <summary>Reads the numbers of a room of tests.</summary>
    /// <param name="name">Path below Heads, with forward slashes, without extension.</param>
    public static GoldenTensors Read(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "BehaviorCloning.Tests", "Heads", name + ".json");
            if (File.Exists(path)) return new GoldenTensors(path);
        }

        throw new FileNotFoundException($"No folder above {AppContext.BaseDirectory} holds tests/BehaviorCloning.Tests/Heads/{name}.json.");
    }

    /// <summary>Fills every parameter and buffer of a module with the tensor "prefix.name".</summary>
    public void LoadInto(nn.Module module, string prefix)
    {
        using IDisposable noGradient = no_grad();
        foreach ((string key, Tensor target) in module.state_dict()) target.copy_(this[$"{prefix}.{key}"]);
    }

    public void ShouldBe(Tensor actual, string name, float tolerance = 2e-6f)
    {
        (long[] shape, float[] values) = entries[name];
        actual.shape.Should().Equal(shape);
        actual.Values().Zip(values, (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(b))).Max().Should().BeLessThan(tolerance, "{0} is as the reference computed it", name);
    }
}
