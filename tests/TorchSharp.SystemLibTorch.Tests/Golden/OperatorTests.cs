using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Every operator, in every spelling, against PyTorch's values and against finite differences.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Names => [.. OperatorTable.Cases.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> DifferentiableNames =>
        [.. GoldenFile.Operators.Keys.Where(key => key.Contains(":grad", StringComparison.Ordinal)).Select(key => key[..key.IndexOf(':', StringComparison.Ordinal)])
            .Distinct().Where(OperatorTable.Cases.ContainsKey).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_case_has_golden_values_and_every_golden_value_a_case() =>
        OperatorTable.Cases.Keys.Should().BeEquivalentTo(GoldenFile.Operators.Cases);

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_and_gradient_agree_with_PyTorch(string name)
    {
        OperatorCase operation = OperatorTable.Cases[name];
        GoldenFile golden = GoldenFile.Operators;
        Tensor[] expected = golden.Numbered(name, "out");
        for (int variant = 0; variant < operation.Variants.Count; variant++)
        {
            using DisposeScope scope = NewDisposeScope();
            string what = $"{name} (variant {variant})";
            Tensor[] inputs = [.. golden.Numbered(name, "in").Select((input, number) =>
                input.clone().requires_grad_(golden.Contains($"{name}:grad{number}")))];
            manual_seed(GoldenFile.Seed);
            Outputs outputs = operation.Variants[variant](inputs);

            Assert.Equal(expected.Length, outputs.Tensors.Count);
            for (int number = 0; number < expected.Length; number++)
            {
                Compare(operation, outputs.Tensors[number], expected[number], $"{what}, output {number}");
            }

            if (!inputs.Any(input => input.requires_grad))
            {
                continue;
            }

            outputs.WeightedSum()!.backward();
            for (int number = 0; number < inputs.Length; number++)
            {
                if (inputs[number].requires_grad)
                {
                    Tensor gradient = inputs[number].grad ?? zeros_like(inputs[number]);
                    Agreement.Closely(gradient, golden[$"{name}:grad{number}"], $"{what}, gradient of input {number}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(DifferentiableNames))]
    public void Gradient_agrees_with_finite_differences(string name)
    {
        GoldenFile golden = GoldenFile.Operators;
        foreach (Func<Tensor[], Outputs> variant in OperatorTable.Cases[name].Variants)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] inputs = [.. golden.Numbered(name, "in").Select(input => is_floating_point(input.dtype) ? input.to(ScalarType.Float64) : input.clone())];
            (string Name, Tensor Value)[] variables = [.. inputs.Select((value, number) => (Name: $"input {number}", Value: value))
                .Where((_, number) => golden.Contains($"{name}:grad{number}"))];
            FiniteDifferences.Check(variables, () =>
            {
                manual_seed(GoldenFile.Seed);
                return variant(inputs).WeightedSum()!;
            }, name);
        }
    }

    private static void Compare(OperatorCase operation, Tensor actual, Tensor expected, string what)
    {
        if (operation.Exact)
        {
            Agreement.Exactly(actual, expected, what);
        }
        else
        {
            Agreement.Closely(actual, expected, what);
        }
    }
}
