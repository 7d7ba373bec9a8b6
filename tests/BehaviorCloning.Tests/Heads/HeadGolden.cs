using System.Runtime.CompilerServices;
using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads;

/// <summary>A file of golden numbers beside the test that asks for it; its folder's make_golden.py made it with PyTorch.</summary>
internal sealed class HeadGolden : IDisposable
{
    private readonly SafetensorsFile file;

    public HeadGolden(string name, [CallerFilePath] string test = "") =>
        file = SafetensorsFile.Open(Path.Combine(Repository.GoldenFolder(test), $"{name}.safetensors"));

    public Tensor this[string name] => file.Read(name);

    public Tensor Context => this["context"];

    public ActionTarget Target => new(this["actions"], this["inside"], this["weight"]);

    /// <summary>Gives a module the weights of the file, which must be those it has, but for some it does not compute with.</summary>
    public void LoadInto(nn.Module module, params string[] except)
    {
        Dictionary<string, Tensor> state = module.state_dict();
        string[] weights = [.. file.Entries.Keys.Where(name => name.StartsWith("head.", StringComparison.Ordinal)).Select(name => name["head.".Length..])];
        state.Keys.Except(except).Should().BeEquivalentTo(weights);
        using IDisposable noGradient = no_grad();
        foreach (string name in weights) state[name].copy_(this["head." + name]);
    }

    /// <summary>Total, parts and gradients of a loss are those of the file.</summary>
    public void LossShouldAgree(PolicyHead head, Generator? random = null)
    {
        LossReport report = head.Loss(Context, Target, random);
        ShouldAgree(report.Total, "total");
        foreach ((string part, Tensor value) in report.Parts) ShouldAgree(value, part);
        report.Total.backward();
        string[] gradients = [.. file.Entries.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal))];
        gradients.Should().NotBeEmpty();
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = head.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (string name in gradients) ShouldAgree(parameters[name["grad.".Length..]].grad!, name);
    }

    public void ShouldAgree(Tensor actual, string name)
    {
        float[] expected = this[name].to(float32).Values(), got = actual.to(float32).Values();
        got.Should().HaveSameCount(expected);
        double scale = Math.Max(1e-3, expected.Max(Math.Abs));
        got.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan((float)(2e-5 * scale), "{0} should be PyTorch's", name);
    }

    public void Dispose() => file.Dispose();
}
