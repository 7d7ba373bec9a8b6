using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>What golden/make_token_heads.py computed with PyTorch, and the inputs and parameters it did so from.</summary>
internal sealed class TokenHeadsGolden : IDisposable
{
    public const int Batch = 3;

    private readonly JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), "token_heads.json")));

    public static Tensor Context => Numbers(0.7, 0.2, Batch, 2, 3);

    public static Tensor Actions => Numbers(1.3, 0.5, Batch, 3, 2);

    public static Tensor SampleWeight => tensor(new[] { 1f, 0.5f, 2f });

    public static Tensor InsideEpisode
    {
        get
        {
            Tensor inside = ones(Batch, 3, ScalarType.Bool);
            inside[0, 2].fill_(false);
            return inside;
        }
    }

    public Tensor Within => tensor(Values("within")).view(Batch, 3, 2);

    public float[] Values(params string[] path) => Element(path).Deserialize<float[]>()!;

    public float Value(params string[] path) => Element(path).GetSingle();

    /// <summary>Gives every parameter the numbers that the script gave it, found by its name.</summary>
    public static void Fill(nn.Module module)
    {
        using IDisposable noGradient = no_grad();
        int k = 0;
        foreach ((_, TorchSharp.Modules.Parameter parameter) in module.named_parameters().OrderBy(pair => pair.name, StringComparer.Ordinal))
            parameter.copy_(Numbers(0.37, k++, [.. parameter.shape]).mul(0.1f));
    }

    public static void ShouldBeClose(float[] got, float[] expected, float tolerance = 2e-5f)
    {
        got.Should().HaveSameCount(expected);
        got.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(tolerance);
    }

    public void Dispose() => document.Dispose();

    private static Tensor Numbers(double step, double offset, params long[] shape)
    {
        long count = shape.Aggregate((a, b) => a * b);
        return tensor([.. Enumerable.Range(0, (int)count).Select(i => (float)Math.Sin((step * i) + offset))]).view(shape);
    }

    private JsonElement Element(string[] path) => path.Aggregate(document.RootElement, (element, name) => element.GetProperty(name));

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Repository.GoldenFolder(file);
}
