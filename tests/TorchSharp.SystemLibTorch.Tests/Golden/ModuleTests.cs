using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Every module: initial weights of a seed bit for bit, then forward, gradients and buffers against PyTorch, and gradients against finite differences.</summary>
public sealed class ModuleTests
{
    /// <summary>Modules chain many operators, and some of their gradients are zero but for rounding: a key's bias under softmax.</summary>
    private const double Floor = 0.1;

    private static readonly GoldenFile Golden = GoldenFile.Modules;

    /// <summary>An embedding's padding row has no gradient by definition, though the output depends on it.</summary>
    private static readonly string[] NotTheDerivative = ["Embedding.padding"];

    public static TheoryData<string> Names => [.. ModuleTable.Cases.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> DifferentiableNames => [.. ModuleTable.Cases.Keys.Except(NotTheDerivative, StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_case_has_golden_values_and_every_golden_value_a_case() =>
        ModuleTable.Cases.Keys.Should().BeEquivalentTo(Golden.Cases);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_gives_the_initial_weights_of_PyTorch(string name)
    {
        manual_seed(GoldenFile.Seed);
        using nn.Module module = ModuleTable.Cases[name].Make();
        Dictionary<string, Tensor> state = module.state_dict();

        state.Keys.Should().BeEquivalentTo(Golden.Below($"{name}:init."));
        foreach ((string key, Tensor value) in state)
        {
            Agreement.Exactly(value, Golden[$"{name}:init.{key}"], $"{name}, {key}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_gradients_and_buffers_agree_with_PyTorch(string name)
    {
        using nn.Module module = Loaded(name);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = [.. Golden.Numbered(name, "in").Select((input, number) => input.clone().requires_grad_(Golden.Contains($"{name}:grad{number}")))];
        Tensor[] expected = Golden.Numbered(name, "out");
        manual_seed(GoldenFile.Seed);
        Outputs outputs = ModuleTable.Cases[name].Call(module, inputs);

        Assert.Equal(expected.Length, outputs.Tensors.Count);
        for (int number = 0; number < expected.Length; number++)
        {
            Agreement.Closely(outputs.Tensors[number], expected[number], $"{name}, output {number}", floor: Floor);
        }

        outputs.WeightedSum()!.backward();
        for (int number = 0; number < inputs.Length; number++)
        {
            if (inputs[number].requires_grad)
            {
                Agreement.Closely(inputs[number].grad ?? zeros_like(inputs[number]), Golden[$"{name}:grad{number}"], $"{name}, gradient of input {number}", floor: Floor);
            }
        }

        foreach ((string key, Parameter parameter) in module.named_parameters())
        {
            Agreement.Closely(parameter.grad ?? zeros_like(parameter), Golden[$"{name}:grad.{key}"], $"{name}, gradient of {key}", floor: Floor);
        }

        module.named_buffers().Select(buffer => buffer.name).Should().BeEquivalentTo(Golden.Below($"{name}:after."));
        foreach ((string key, Tensor buffer) in module.named_buffers())
        {
            Agreement.Closely(buffer, Golden[$"{name}:after.{key}"], $"{name}, {key} afterwards", floor: Floor);
        }
    }

    [Theory]
    [MemberData(nameof(DifferentiableNames))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        using nn.Module module = Loaded(name);
        module.to(ScalarType.Float64);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> buffers = module.named_buffers().ToDictionary(buffer => buffer.name, buffer => buffer.buffer.clone());
        Tensor[] inputs = [.. Golden.Numbered(name, "in").Select(input => is_floating_point(input.dtype) ? input.to(ScalarType.Float64) : input.clone())];
        List<(string Name, Tensor Value)> variables = [.. inputs.Select((value, number) => (Name: $"input {number}", Value: value))
            .Where((_, number) => Golden.Contains($"{name}:grad{number}"))];
        variables.AddRange(module.named_parameters().Select(parameter => (parameter.name, (Tensor)parameter.parameter)));
        FiniteDifferences.Check(variables, () =>
        {
            manual_seed(GoldenFile.Seed);
            using (no_grad())
            {
                foreach ((string key, Tensor buffer) in module.named_buffers())
                {
                    buffer.copy_(buffers[key]);
                }
            }

            return ModuleTable.Cases[name].Call(module, inputs).WeightedSum()!;
        }, name);
    }

    [Fact]
    public void Resetting_draws_the_initial_weights_again()
    {
        using Conv1d convolution = nn.Conv1d(3, 4, 3, 2, 1);
        using LayerNorm layerNorm = nn.LayerNorm(4);
        using BatchNorm1d batchNorm = nn.BatchNorm1d(3);
        using (no_grad())
        {
            layerNorm.weight.zero_();
            batchNorm.weight.zero_();
            batchNorm.running_mean.fill_(7);
        }

        manual_seed(GoldenFile.Seed);
        convolution.reset_parameters();
        layerNorm.reset_parameters();
        batchNorm.reset_running_stats();
        Agreement.Exactly(batchNorm.running_mean, zeros(3), "running mean");
        batchNorm.reset_parameters();
        foreach ((string name, nn.Module module) in new (string, nn.Module)[] { ("Conv1d", convolution), ("LayerNorm", layerNorm), ("BatchNorm1d", batchNorm) })
        {
            foreach ((string key, Tensor value) in module.state_dict())
            {
                Agreement.Exactly(value, Golden[$"{name}:init.{key}"], $"{name}, {key}");
            }
        }
    }

    private static nn.Module Loaded(string name)
    {
        nn.Module module = ModuleTable.Cases[name].Make();
        (IList<string> missing, IList<string> unexpected) = module.load_state_dict(Golden.Below($"{name}:state.").ToDictionary(key => key, key => Golden[$"{name}:state.{key}"]));
        missing.Should().BeEmpty();
        unexpected.Should().BeEmpty();
        module.train(ModuleTable.Cases[name].Train);
        return module;
    }
}
