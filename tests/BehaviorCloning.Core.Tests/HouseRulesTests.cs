using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Core.Tests;

/// <summary>The house: what each floor may know, and how classes are open or closed.</summary>
public sealed class HouseRulesTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Instructions = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(instruction => instruction.Value);

    // What lies under the rooms: pictures, which know of no dataset.
    private const string Cellar = "BehaviorCloning.Images";

    private static readonly Assembly Core = typeof(Episode).Assembly;

    [Fact]
    public void Core_knows_no_torch() =>
        Core.GetReferencedAssemblies().Select(name => name.Name).Should().NotContain(name => name!.Contains("Torch", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Every_class_is_abstract_sealed_or_static() =>
        Core.GetTypes().Where(type => type.IsClass && !IsGenerated(type) && !type.IsAbstract && !type.IsSealed).Should().BeEmpty();

    [Fact]
    public void Rooms_are_siblings_and_none_uses_another()
    {
        Type[] types = [.. Core.GetTypes().Where(type => !IsGenerated(type))];
        string[] faults = [.. types.SelectMany(type => Used(type).Where(used => Room(type) != Room(used) && Room(used) is not null and not Cellar).Select(used => $"{type.FullName} uses {used.FullName}"))];
        faults.Should().BeEmpty();
    }

    [Fact]
    public void The_search_for_uses_finds_one_that_is_there()
    {
        // Negative control: a body, not a signature, holds the only trace here.
        Used(typeof(Trespasser)).Should().Contain(typeof(WindowIndex)).And.Contain(typeof(AbsoluteActions));
    }

    [Fact]
    public void Every_public_type_lies_in_a_namespace_of_depth_one_at_most() =>
        Core.GetExportedTypes().Select(type => type.Namespace).Distinct().Should().AllSatisfy(name => name.Should().MatchRegex(@"^BehaviorCloning(\.[A-Z]\w+)?$"));

    // A room is a namespace below the doorstep; the doorstep itself is null.
    private static string? Room(Type type) => type.Assembly == Core && type.Namespace is { } name && name.StartsWith("BehaviorCloning.", StringComparison.Ordinal) ? name : null;

    private static bool IsGenerated(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute)) || type.Namespace?.StartsWith("BehaviorCloning", StringComparison.Ordinal) != true;

    private static HashSet<Type> Used(Type type)
    {
        HashSet<Type> used = [];
        Add(type.BaseType);
        foreach (Type implemented in type.GetInterfaces()) Add(implemented);
        foreach (FieldInfo field in type.GetFields(Everything)) Add(field.FieldType);
        foreach (MethodBase method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            foreach (ParameterInfo parameter in method.GetParameters()) Add(parameter.ParameterType);
            if (method is MethodInfo returning) Add(returning.ReturnType);
            foreach (Type inside in InBody(method)) Add(inside);
        }

        // Lambdas and iterators live in nested classes.
        foreach (Type nested in type.GetNestedTypes(Everything).Where(nested => nested.IsDefined(typeof(CompilerGeneratedAttribute)))) used.UnionWith(Used(nested));
        return used;

        void Add(Type? found)
        {
            if (found is null) return;
            if (found.HasElementType) Add(found.GetElementType());
            else if (used.Add(found.IsGenericType ? found.GetGenericTypeDefinition() : found) && found.IsGenericType)
            {
                foreach (Type argument in found.GetGenericArguments()) Add(argument);
            }
        }
    }

    // The types of local variables, and of every member that an instruction names.
    private static IEnumerable<Type> InBody(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body) yield break;
        foreach (LocalVariableInfo local in body.LocalVariables) yield return local.LocalType;
        byte[] code = body.GetILAsByteArray() ?? [];
        for (int i = 0; i < code.Length;)
        {
            OpCode instruction = code[i] == 0xFE ? Instructions[(short)((0xFE << 8) | code[i + 1])] : Instructions[code[i]];
            i += instruction.Size;
            if (instruction.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok
                && Resolve(method, BitConverter.ToInt32(code, i)) is { } found)
                yield return found;
            i += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    private static Type? Resolve(MethodBase method, int token)
    {
        Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        MemberInfo? member = method.Module.ResolveMember(token, ofType, ofMethod);
        return member as Type ?? member?.DeclaringType;
    }

    private sealed class Trespasser
    {
        public static object Do() => new WindowIndex([20], new Horizons()).Count + new[] { 1 }.Select(_ => new AbsoluteActions()).Count();
    }
}
