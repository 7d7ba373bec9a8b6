using BehaviorCloning.Engine;
using BehaviorCloning.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Heads.Denoisers;

/// <summary>A denoiser against PyTorch's: the same weights give the same output and the same gradients.</summary>
internal static class GoldenDenoiser
{
    public static void Check(Denoiser denoiser, string file)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(GoldenFile.PathOf(file));
        var trained = denoiser.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        golden.Entries.Keys.Where(key => key.StartsWith("weight ", StringComparison.Ordinal)).Select(key => key["weight ".Length..]).Should().BeEquivalentTo(trained.Keys);
        using (no_grad())
        {
            foreach ((string name, Tensor parameter) in trained) parameter.copy_(golden.Read($"weight {name}"));
        }

        denoiser.eval();
        Tensor x = golden.Read("x").requires_grad_(), context = golden.Read("context").requires_grad_(), time = golden.Read("time");
        Tensor y = denoiser.Forward(context, x, time);
        Close(y, golden.Read("y"), "output");
        y.mul(golden.Read("cotangent")).sum().backward();
        Close(x.grad!, golden.Read("gradient of x"), "gradient of the chunk");
        Close(context.grad!, golden.Read("gradient of context"), "gradient of the context");
        foreach ((string name, Tensor parameter) in trained)
        {
            float expected = golden.Read($"gradient {name}").ToSingle();
            // A bias before a normalization over single values has no gradient but rounding.
            parameter.grad!.abs().sum().ToSingle().Should().BeApproximately(expected, 1e-3f + (1e-3f * expected), "of the gradient of {0}", name);
        }
    }

    private static void Close(Tensor ours, Tensor golden, string what)
    {
        float[] a = ours.Values(), b = golden.Values();
        float scale = b.Max(Math.Abs);
        a.Zip(b, (u, v) => Math.Abs(u - v)).Max().Should().BeLessThan(2e-5f * Math.Max(1, scale), what);
    }
}
