using System.Reflection;
using System.Reflection.Emit;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Which methods of one assembly the code of some types calls, found in their IL: overload by overload, lambdas included.</summary>
internal static class CalledMembers
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The metadata tokens, in <paramref name="callee"/>, of the methods that <paramref name="callers"/> mention.</summary>
    public static HashSet<int> Of(IEnumerable<Type> callers, Assembly callee)
    {
        HashSet<int> tokens = [];
        foreach (MethodBase method in callers.SelectMany(type => type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything))))
        {
            foreach (MethodBase called in Mentioned(method).Where(called => called.Module.Assembly == callee))
            {
                tokens.Add(called.MetadataToken);
            }
        }

        return tokens;
    }

    private static IEnumerable<MethodBase> Mentioned(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int position = 0; position < code.Length;)
        {
            short value = code[position++];
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | code[position++]);
            }

            OpCode operation = OpCodesByValue[value];
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, position), ofType, ofMethod)!;
            }

            position += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, position),
                _ => 4,
            };
        }
    }
}
