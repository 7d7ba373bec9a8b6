using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>One module of the golden table.</summary>
/// <param name="Name">The name under which golden/modules.py recorded it.</param>
/// <param name="Make">Builds it; the seed is set just before.</param>
/// <param name="Call">Runs it on the inputs.</param>
/// <param name="Train">In training mode, or in evaluation mode.</param>
internal sealed record ModuleCase(string Name, Func<nn.Module> Make, Func<nn.Module, Tensor[], Outputs> Call, bool Train);

/// <summary>Collects module cases by the shape of their call.</summary>
internal sealed class ModuleCaseTable
{
    private readonly Dictionary<string, ModuleCase> _cases = [];

    public IReadOnlyDictionary<string, ModuleCase> Cases => _cases;

    public ModuleCaseTable With(Action<ModuleCaseTable> group)
    {
        group(this);
        return this;
    }

    /// <summary>One tensor in, one out.</summary>
    public void One(string name, Func<nn.Module<Tensor, Tensor>> make, bool train = true) => Of(name, make, (module, x) => module.call(x[0]), train);

    /// <summary>Two tensors in, one out.</summary>
    public void Two(string name, Func<nn.Module<Tensor, Tensor, Tensor>> make) => Of(name, make, (module, x) => module.call(x[0], x[1]));

    /// <summary>Any module and any call.</summary>
    public void Of<T>(string name, Func<T> make, Func<T, Tensor[], Outputs> call, bool train = true)
        where T : nn.Module =>
        _cases.Add(name, new ModuleCase(name, make, (module, inputs) => call((T)module, inputs), train));
}
