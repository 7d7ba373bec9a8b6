using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>nn.utils against PyTorch.</summary>
public sealed class ClippingTests
{
    private static readonly GoldenFile Golden = GoldenFile.Training;

    [Theory]
    [InlineData("norm", 0.7, 2.0)]
    [InlineData("norm_one", 0.7, 1.0)]
    [InlineData("norm_infinity", 0.7, double.PositiveInfinity)]
    [InlineData("norm_loose", 100.0, 2.0)]
    public void Clipping_the_norm_agrees_with_PyTorch(string name, double limit, double type)
    {
        Parameter[] parameters = WithGradients();
        double total = nn.utils.clip_grad_norm_(parameters, limit, type);
        Assert.Equal(Golden[$"clip.{name}:norm"].ToDouble(), total, 1e-5);
        Compare(parameters, name);
    }

    [Fact]
    public void Clipping_values_agrees_with_PyTorch()
    {
        Parameter[] parameters = WithGradients();
        nn.utils.clip_grad_value_(parameters, 0.4);
        Compare(parameters, "value");
    }

    [Fact]
    public void Parameters_become_a_vector_and_back()
    {
        Parameter[] parameters = WithGradients();
        using Tensor vector = nn.utils.parameters_to_vector(parameters);
        Assert.Equal(10, vector.numel());
        using Tensor doubled = vector.detach() * 2;
        nn.utils.vector_to_parameters(doubled, parameters);
        for (int number = 0; number < parameters.Length; number++)
        {
            using Tensor expected = Golden[$"clip.parameter{number}"] * 2;
            Agreement.Exactly(parameters[number], expected, $"parameter {number}");
        }
    }

    private static Parameter[] WithGradients()
    {
        Parameter[] parameters = [.. Enumerable.Range(0, 2).Select(number => new Parameter(Golden[$"clip.parameter{number}"].clone()))];
        for (int number = 0; number < parameters.Length; number++)
        {
            parameters[number].grad = Golden[$"clip.gradient{number}"].clone();
        }

        return parameters;
    }

    private static void Compare(Parameter[] parameters, string name)
    {
        for (int number = 0; number < parameters.Length; number++)
        {
            Agreement.Closely(parameters[number].grad!, Golden[$"clip.{name}:{number}"], $"{name}, gradient {number}");
        }
    }
}
