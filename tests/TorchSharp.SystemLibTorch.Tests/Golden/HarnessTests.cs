using System.Reflection;
using TorchSharp;
using Xunit.Sdk;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Negative controls: what the golden tests must not let pass.</summary>
public sealed class HarnessTests
{
    [Theory]
    [InlineData(1.0, 1.00002)]
    [InlineData(1e-3, 2e-3)]
    [InlineData(1.0, double.NaN)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void A_wrong_element_is_found(double wanted, double got)
    {
        using Tensor expected = tensor(new[] { 0.02, wanted }, ScalarType.Float32), actual = tensor(new[] { 0.02, got }, ScalarType.Float32);
        Assert.ThrowsAny<XunitException>(() => Agreement.Closely(actual, expected, "control"));
    }

    [Fact]
    public void A_wrong_type_or_shape_or_bit_is_found()
    {
        using Tensor expected = ones(2, 3), type = ones(2, 3, ScalarType.Float64), shape = ones(3, 2), bit = ones(2, 3) + 1.2e-7;
        Assert.ThrowsAny<XunitException>(() => Agreement.Closely(type, expected, "control"));
        Assert.ThrowsAny<XunitException>(() => Agreement.Closely(shape, expected, "control"));
        Assert.ThrowsAny<XunitException>(() => Agreement.Exactly(type, expected, "control"));
        Agreement.Closely(bit, expected, "a last bit is close enough");
    }

    [Fact]
    public void A_gradient_that_is_not_the_derivative_is_found()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { 0.5, -1.5 });
        FiniteDifferences.Check([("x", x)], () => (x * x).sum(), "the true gradient");
        Assert.ThrowsAny<XunitException>(() => FiniteDifferences.Check([("x", x)], () => (x.detach() * x).sum(), "control"));
    }

    [Fact]
    public void Calls_are_told_apart_by_overload()
    {
        HashSet<int> called = CalledMembers.Of([typeof(HarnessTests).GetNestedType(nameof(OneCall), BindingFlags.NonPublic)!], typeof(torch).Assembly);
        Assert.Contains(typeof(Tensor).GetMethod(nameof(Tensor.add), [typeof(Tensor)])!.MetadataToken, called);
        Assert.DoesNotContain(typeof(Tensor).GetMethod(nameof(Tensor.add), [typeof(Scalar)])!.MetadataToken, called);
    }

    private static class OneCall
    {
        public static Tensor Add(Tensor left, Tensor right) => left.add(right);
    }
}
