using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>
/// Nothing numeric is silently untested: every public overload of the engine's operators is called by these golden tests, or named in
/// <see cref="CoveredElsewhere"/> with the reason why not.
/// </summary>
public sealed class CompletenessTests
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly Assembly Engine = typeof(torch).Assembly;

    [Fact]
    public void Every_operator_overload_has_a_golden_case()
    {
        HashSet<int> called = CalledMembers.Of(typeof(CompletenessTests).Assembly.GetTypes()
            .Where(type => type.FullName!.StartsWith(typeof(CompletenessTests).Namespace!, StringComparison.Ordinal)), Engine);
        string[] missing = [.. Operators().Where(method => !called.Contains(method.MetadataToken))
            .Where(method => !CoveredElsewhere.Members.ContainsKey(NameOf(method)) && !CoveredElsewhere.Types.ContainsKey(NameOf(method.DeclaringType!)))
            .Select(Describe).Order(StringComparer.Ordinal)];
        Assert.True(missing.Length == 0, $"{missing.Length} overloads without a golden case:{Environment.NewLine}{string.Join(Environment.NewLine, missing)}");
    }

    [Fact]
    public void Every_module_class_has_a_golden_case()
    {
        HashSet<Type> made = [.. ModuleTable.Cases.Values.Select(module =>
        {
            using nn.Module built = module.Make();
            Type type = built.GetType();
            return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        })];
        Engine.GetExportedTypes().Where(type => type is { IsAbstract: false, Namespace: "TorchSharp.Modules" } && type.IsSubclassOf(typeof(nn.Module)))
            .Where(type => !made.Contains(type) && !CoveredElsewhere.Types.ContainsKey(NameOf(type))).Select(NameOf).Should().BeEmpty();
    }

    [Fact]
    public void Every_method_of_a_module_class_is_called_by_a_test()
    {
        HashSet<int> called = CalledMembers.Of(typeof(CompletenessTests).Assembly.GetTypes(), Engine);
        Engine.GetExportedTypes().Where(type => type.Namespace == "TorchSharp.Modules" && type.IsSubclassOf(typeof(nn.Module)))
            .SelectMany(type => type.GetMethods(Public)).Where(method => !method.IsSpecialName && method.GetBaseDefinition() == method && !method.GetParameters().Any(parameter => parameter.ParameterType.IsGenericParameter))
            .Where(method => !called.Contains(method.MetadataToken) && !CoveredElsewhere.Types.ContainsKey(NameOf(method.DeclaringType!)))
            .Select(Describe).Order(StringComparer.Ordinal).Should().BeEmpty();
    }

    [Fact]
    public void Nothing_is_excused_that_is_not_there()
    {
        HashSet<string> members = [.. Operators().Select(NameOf)];
        CoveredElsewhere.Members.Keys.Where(name => !members.Contains(name)).Should().BeEmpty();
        HashSet<string> types = [.. Engine.GetExportedTypes().Select(NameOf)];
        CoveredElsewhere.Types.Keys.Where(name => !types.Contains(name)).Should().BeEmpty();
    }

    /// <summary>Tensor, TensorIndex, torch and every static class inside torch: whatever takes tensors and gives tensors.</summary>
    private static IEnumerable<MethodInfo> Operators() =>
        Engine.GetExportedTypes()
            .Where(type => type == typeof(Tensor) || type == typeof(TensorIndex) || (type is { IsAbstract: true, IsSealed: true } && type.FullName!.StartsWith("TorchSharp.torch", StringComparison.Ordinal)))
            .SelectMany(type => type.GetMethods(Public))
            .Where(method => method.GetBaseDefinition().DeclaringType != typeof(object) && method.GetCustomAttribute<ObsoleteAttribute>() is null);

    private static string NameOf(MethodInfo method) => $"{NameOf(method.DeclaringType!)}.{method.Name}";

    private static string NameOf(Type type)
    {
        string name = (type.FullName ?? type.Name)["TorchSharp.".Length..].Replace('+', '.');
        int arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }

    private static string Describe(MethodInfo method) =>
        $"{NameOf(method)}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
}
