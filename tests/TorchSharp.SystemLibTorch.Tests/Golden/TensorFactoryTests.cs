using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Every overload of torch.tensor and torch.as_tensor, found by reflection: the values, their type and their shape arrive as given.</summary>
public sealed class TensorFactoryTests
{
    private static readonly Dictionary<Type, (ScalarType Type, Array Values)> Elements = new()
    {
        [typeof(bool)] = (ScalarType.Bool, new[] { true, false, true, true }),
        [typeof(byte)] = (ScalarType.Byte, new byte[] { 1, 0, 255, 7 }),
        [typeof(sbyte)] = (ScalarType.Int8, new sbyte[] { 1, 0, -128, 7 }),
        [typeof(short)] = (ScalarType.Int16, new short[] { 1, 0, -3000, 7 }),
        [typeof(int)] = (ScalarType.Int32, new[] { 1, 0, -70000, 7 }),
        [typeof(long)] = (ScalarType.Int64, new[] { 1, 0, -5000000000, 7 }),
        [typeof(Half)] = (ScalarType.Float16, new[] { (Half)1, (Half)0, (Half)(-2.5), (Half)7 }),
        [typeof(float)] = (ScalarType.Float32, new[] { 1, 0, -2.5f, 7 }),
        [typeof(double)] = (ScalarType.Float64, new[] { 1, 0, -2.5, 7 }),
        [typeof((float, float))] = (ScalarType.ComplexFloat32, new[] { (1f, 2f), (0f, 0f), (-2.5f, 1f), (7f, -7f) }),
        [typeof((double, double))] = (ScalarType.ComplexFloat64, new[] { (1.0, 2.0) }),
        [typeof(Complex)] = (ScalarType.ComplexFloat64, new[] { new Complex(1, 2), new Complex(0, 0), new Complex(-2.5, 1), new Complex(7, -7) }),
    };

    private delegate Tensor WithShape<in TSource>(TSource source, ReadOnlySpan<long> shape, ScalarType? type, Device? device, bool gradient, string[]? names);

    public static TheoryData<string> Overloads => [.. Factories().Select(Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Overloads))]
    public void Values_type_and_shape_arrive(string name)
    {
        MethodInfo factory = Factories().Single(method => Name(method) == name);
        ParameterInfo[] parameters = factory.GetParameters();
        Type source = parameters[0].ParameterType;
        if (factory.Name == "tensor" && parameters.Count(parameter => parameter.ParameterType == source) == 2)
        {
            return; // A complex number from its parts: see Complex_numbers_come_from_their_parts.
        }

        Type element = ElementOf(source);
        (ScalarType type, Array values) = Elements[element];
        long[] shape = ShapeOf(source, parameters);
        object given = Build(source, element, values, shape);
        using Tensor tensor = parameters.Length > 1 && parameters[1].ParameterType == typeof(ReadOnlySpan<long>)
            ? (Tensor)GetType().GetMethod(nameof(CallWithShape), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(source).Invoke(null, [factory, given, shape])!
            : (Tensor)factory.Invoke(null, [given, .. Rest(parameters, shape)])!;

        Assert.Equal(type, tensor.dtype);
        Assert.Equal(shape, tensor.shape);
        Assert.Equal(Bytes(values, element, Math.Max(1, shape.Aggregate(1L, (product, size) => product * size))), tensor.bytes.ToArray());
    }

    [Fact]
    public void Complex_numbers_come_from_their_parts()
    {
        using Tensor single = tensor(1.5f, -2f), wide = tensor(1.5, -2.0);
        Assert.Equal(ScalarType.ComplexFloat32, single.dtype);
        Assert.Equal(ScalarType.ComplexFloat64, wide.dtype);
        Assert.Equal((1.5f, -2f), single.ToComplexFloat32());
        Assert.Equal(new Complex(1.5, -2), wide.ToComplexFloat64());
    }

    private static IEnumerable<MethodInfo> Factories() =>
        typeof(torch).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => method.Name is "tensor" or "as_tensor" && method.GetParameters()[0].ParameterType != typeof(Tensor) && method.GetParameters()[0].ParameterType != typeof(Array));

    private static string Name(MethodInfo method) => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType))})";

    /// <summary>The sizes where the overload takes them, then every default.</summary>
    private static IEnumerable<object?> Rest(ParameterInfo[] parameters, long[] shape) =>
        parameters.Skip(1).Select(parameter => parameter.ParameterType == typeof(long) ? shape[parameter.Position - 1] : parameter.HasDefaultValue ? parameter.DefaultValue : null);

    private static Type ElementOf(Type source) =>
        source.IsArray ? source.GetElementType()! :
        source.IsGenericType && source.GetGenericTypeDefinition() != typeof(ValueTuple<,>) ? source.GetGenericArguments()[0] : source;

    private static long[] ShapeOf(Type source, ParameterInfo[] parameters)
    {
        long[] blocks = [2, 2, 1, 1];
        if (source.IsArray && source.GetArrayRank() > 1)
        {
            return blocks[..source.GetArrayRank()];
        }

        if (parameters.Length > 1 && parameters[1].ParameterType == typeof(ReadOnlySpan<long>))
        {
            return blocks[..2];
        }

        int sizes = parameters.Skip(1).Count(parameter => parameter.ParameterType == typeof(long));
        return sizes > 0 ? blocks[..sizes] : Elements.ContainsKey(source) ? [] : [4];
    }

    private static object Build(Type source, Type element, Array values, long[] shape)
    {
        if (source == element)
        {
            return values.GetValue(0)!;
        }

        if (source.IsArray && source.GetArrayRank() > 1)
        {
            Array block = Array.CreateInstance(element, shape);
            for (int index = 0; index < 4; index++)
            {
                int[] place = [index / 2, index % 2, 0, 0];
                block.SetValue(values.GetValue(index), place[..shape.Length]);
            }

            return block;
        }

        return source.IsGenericType && source.GetGenericTypeDefinition() == typeof(Memory<>) ? Activator.CreateInstance(source, values)! : values;
    }

    private static Tensor CallWithShape<TSource>(MethodInfo factory, TSource source, long[] shape) =>
        factory.CreateDelegate<WithShape<TSource>>()(source, shape, null, null, false, null);

    private static byte[] Bytes(Array values, Type element, long count)
    {
        int size = element == typeof(bool) ? 1 : Marshal.SizeOf(element == typeof((float, float)) ? typeof(long) : element == typeof((double, double)) ? typeof(Complex) : element);
        byte[] bytes = new byte[count * size];
        GCHandle handle = GCHandle.Alloc(values, GCHandleType.Pinned);
        Marshal.Copy(handle.AddrOfPinnedObject(), bytes, 0, bytes.Length);
        handle.Free();
        return bytes;
    }
}
