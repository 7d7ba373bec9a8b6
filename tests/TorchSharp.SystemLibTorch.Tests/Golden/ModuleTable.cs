using TorchSharp.SystemLibTorch.Tests.Golden.Cases;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>All module cases, by the names of golden/modules.py.</summary>
internal static class ModuleTable
{
    public static IReadOnlyDictionary<string, ModuleCase> Cases { get; } = new ModuleCaseTable()
        .With(ParametrizedModuleCases.Define)
        .With(RecurrentModuleCases.Define)
        .With(AttentionModuleCases.Define)
        .With(PlainModuleCases.Define)
        .With(LossModuleCases.Define)
        .Cases;
}
