using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Ten steps of every optimizer against PyTorch.</summary>
public sealed class OptimizerTests
{
    private static readonly GoldenFile Golden = GoldenFile.Training;

    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>[]> Optimizers = new(StringComparer.Ordinal)
    {
        ["SGD"] = [p => optim.SGD(p, 0.1), p => optim.SGD(Named(p), 0.1), p => optim.SGD([new SGD.ParamGroup(p, 0.1)], 0.9)],
        ["SGD.momentum"] = [p => optim.SGD(p, 0.1, 0.9, 0.1, 0.01)],
        ["SGD.nesterov"] = [p => optim.SGD(p, 0.1, 0.9, nesterov: true)],
        ["SGD.maximize"] = [p => optim.SGD(p, 0.1, 0.9, maximize: true)],
        ["Adam"] = [p => optim.Adam(p, 0.05), p => optim.Adam(Named(p), 0.05), p => optim.Adam([new Adam.ParamGroup(p, 0.05)], 0.9)],
        ["Adam.options"] = [p => optim.Adam(p, 0.05, 0.8, 0.95, 1e-4, 0.02)],
        ["Adam.amsgrad"] = [p => optim.Adam(p, 0.05, amsgrad: true, maximize: true)],
        ["AdamW"] = [p => optim.AdamW(p, 0.05), p => optim.AdamW(Named(p), 0.05), p => optim.AdamW([new AdamW.ParamGroup(p, 0.05)], 0.9)],
        ["AdamW.options"] = [p => optim.AdamW(p, 0.05, 0.8, 0.95, 1e-4, 0.1)],
        ["AdamW.amsgrad"] = [p => optim.AdamW(p, 0.05, weight_decay: 0.1, amsgrad: true, maximize: true)],
        ["RMSProp"] = [p => optim.RMSProp(p, 0.02), p => optim.RMSProp(Named(p), 0.02), p => optim.RMSProp([new RMSProp.ParamGroup(p, 0.02)], 0.9)],
        ["RMSProp.momentum"] = [p => optim.RMSProp(p, 0.02, 0.9, 1e-4, 0.01, 0.8)],
        ["RMSProp.centered"] = [p => optim.RMSProp(p, 0.02, momentum: 0.5, centered: true)],
        ["Adagrad"] = [p => optim.Adagrad(p, 0.1), p => optim.Adagrad(Named(p), 0.1), p => optim.Adagrad([new Adagrad.ParamGroup(p, 0.1)], 0.9)],
        ["Adagrad.options"] = [p => optim.Adagrad(p, 0.1, 0.02, 0.01, 0.3, 1e-4)],
        ["Adadelta"] = [p => optim.Adadelta(p, 1.0, 0.8, 1e-4, 0.01), p => optim.Adadelta(Named(p), 1.0, 0.8, 1e-4, 0.01),
            p => optim.Adadelta([new Adadelta.ParamGroup(p, 1.0, 0.8, 1e-4, 0.01)])],
        ["Adamax"] = [p => optim.Adamax(p, 0.05, 0.8, 0.95, 1e-4, 0.01), p => optim.Adamax(Named(p), 0.05, 0.8, 0.95, 1e-4, 0.01),
            p => optim.Adamax([new Adamax.ParamGroup(p, 0.05, 0.8, 0.95, 1e-4, 0.01)])],
        ["ASGD"] = [p => optim.ASGD(p, 0.05, 1e-3, 0.7, 3.0, 0.01), p => optim.ASGD(Named(p), 0.05, 1e-3, 0.7, 3.0, 0.01),
            p => optim.ASGD([new ASGD.ParamGroup(p, 0.05, 1e-3, 0.7, 3.0, 0.01)])],
        ["NAdam"] = [p => optim.NAdam(p, 0.05, 0.8, 0.95, 1e-4, 0.01), p => optim.NAdam(Named(p), 0.05, 0.8, 0.95, 1e-4, 0.01),
            p => optim.NAdam([new NAdam.ParamGroup(p, 0.05, 0.8, 0.95, 1e-4, 0.01)])],
        ["RAdam"] = [p => optim.RAdam(p, 0.05, 0.8, 0.95, 1e-4, 0.01), p => optim.RAdam(Named(p), 0.05, 0.8, 0.95, 1e-4, 0.01),
            p => optim.RAdam([new RAdam.ParamGroup(p, 0.05, 0.8, 0.95, 1e-4, 0.01)])],
        ["Rprop"] = [p => optim.Rprop(p, 0.02), p => optim.Rprop(Named(p), 0.02), p => optim.Rprop([new Rprop.ParamGroup(p, 0.02)], 0.9)],
        ["LBFGS"] = [p => optim.LBFGS(p, 0.5, 4), p => optim.LBFGS(Named(p), 0.5, 4)],
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Fact]
    public void Every_golden_optimizer_is_tested() =>
        Optimizers.Keys.Should().BeEquivalentTo(Golden.Below("optim.").Where(key => key.Contains(':', StringComparison.Ordinal))
            .Select(key => key[..key.IndexOf(':', StringComparison.Ordinal)]).Distinct());

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_steps_agree_with_PyTorch(string name)
    {
        foreach (Func<Parameter[], optim.Optimizer> make in Optimizers[name])
        {
            TenSteps(name, make);
        }
    }

    private static void TenSteps(string name, Func<Parameter[], optim.Optimizer> make)
    {
        using var weight = new Parameter(Golden["optim.weight"].clone());
        using var bias = new Parameter(Golden["optim.bias"].clone());
        using optim.Optimizer optimizer = make([weight, bias]);
        Tensor Loss()
        {
            optimizer.zero_grad();
            Tensor loss = nn.functional.mse_loss(nn.functional.linear(Golden["optim.x"], weight, bias).tanh(), Golden["optim.y"]);
            loss.backward();
            return loss;
        }

        for (int step = 1; step <= 10; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (name == "LBFGS")
            {
                optimizer.step(Loss);
            }
            else
            {
                Loss();
                optimizer.step();
            }

            if (Golden.Contains($"optim.{name}:weight{step}"))
            {
                Agreement.Closely(weight, Golden[$"optim.{name}:weight{step}"], $"{name}, weight after step {step}");
                Agreement.Closely(bias, Golden[$"optim.{name}:bias{step}"], $"{name}, bias after step {step}");
            }
        }
    }

    [Fact]
    public void Parameter_groups_keep_their_own_options()
    {
        using var weight = new Parameter(Golden["optim.weight"].clone());
        using var bias = new Parameter(Golden["optim.bias"].clone());
        using AdamW grouped = optim.AdamW([new AdamW.ParamGroup([weight], 0.05, 0.8, 0.95, 1e-4, 0.1), new AdamW.ParamGroup([bias], 0.0)], 0.05);
        weight.grad = ones_like(weight);
        bias.grad = ones_like(bias);
        grouped.step();
        Agreement.Exactly(bias, Golden["optim.bias"], "a group of learning rate zero");

        using var alone = new Parameter(Golden["optim.weight"].clone());
        using AdamW single = optim.AdamW([alone], 0.05, 0.8, 0.95, 1e-4, 0.1);
        alone.grad = ones_like(alone);
        single.step();
        Agreement.Exactly(weight, alone, "a group beside another and one of its own");
    }

    [Fact]
    public void A_step_leaves_parameters_without_a_gradient_alone()
    {
        using var weight = new Parameter(Golden["optim.weight"].clone());
        using optim.Optimizer optimizer = optim.AdamW([weight], 0.05, weight_decay: 0.1);
        optimizer.step();
        Agreement.Exactly(weight, Golden["optim.weight"], "a parameter without a gradient");
    }

    [Fact]
    public void State_saved_and_loaded_continues_bit_for_bit()
    {
        string file = Path.Combine(Path.GetTempPath(), $"optimizer-{Guid.NewGuid():N}.bin");
        try
        {
            using var first = new Parameter(Golden["optim.weight"].clone());
            using Adam original = optim.Adam([first], 0.05);
            Step(original, first, 3);
            original.save_state_dict(file);
            using var second = new Parameter(first.detach().clone());
            using Adam resumed = optim.Adam([second], 0.05);
            resumed.load_state_dict(file);
            Step(original, first, 2);
            Step(resumed, second, 2);
            Agreement.Exactly(second, first, "resumed");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Named(Parameter[] parameters) =>
        parameters.Select((parameter, number) => ($"parameter{number}", parameter));

    private static void Step(optim.Optimizer optimizer, Parameter parameter, int count)
    {
        for (int step = 0; step < count; step++)
        {
            optimizer.zero_grad();
            (parameter * parameter).sum().backward();
            optimizer.step();
        }
    }
}
