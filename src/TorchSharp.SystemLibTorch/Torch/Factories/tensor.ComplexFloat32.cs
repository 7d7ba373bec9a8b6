namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor((float Real, float Imaginary) scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => FromValue(scalar, ScalarType.ComplexFloat32, dtype, device, requires_grad);

    public static Tensor tensor(float real, float imaginary, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
        => FromValue((real, imaginary), ScalarType.ComplexFloat32, dtype, device, requires_grad);

    public static Tensor tensor(IList<(float Real, float Imaginary)> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan(rawArray), dimensions, ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor((float Real, float Imaginary)[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues<(float Real, float Imaginary)>(rawArray, [rawArray.LongLength], ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor((float Real, float Imaginary)[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues<(float Real, float Imaginary)>(rawArray, dimensions, ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor(IList<(float Real, float Imaginary)> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan(rawArray), [rawArray.Count], ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor(IList<(float Real, float Imaginary)> rawArray, long rows, long columns, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan(rawArray), [rows, columns], ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor(IList<(float Real, float Imaginary)> rawArray, long dim0, long dim1, long dim2, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan(rawArray), [dim0, dim1, dim2], ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor(IList<(float Real, float Imaginary)> rawArray, long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan(rawArray), [dim0, dim1, dim2, dim3], ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor((float Real, float Imaginary)[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan<(float Real, float Imaginary)>(rawArray), Lengths(rawArray), ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor((float Real, float Imaginary)[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan<(float Real, float Imaginary)>(rawArray), Lengths(rawArray), ScalarType.ComplexFloat32, dtype, device, requires_grad, names);

    public static Tensor tensor((float Real, float Imaginary)[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
        => FromValues(AsSpan<(float Real, float Imaginary)>(rawArray), Lengths(rawArray), ScalarType.ComplexFloat32, dtype, device, requires_grad, names);
}
