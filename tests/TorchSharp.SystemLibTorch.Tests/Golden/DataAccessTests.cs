using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Reading and writing a tensor's elements, shape and storage.</summary>
public sealed class DataAccessTests
{
    [Fact]
    public void Shape_strides_and_storage_are_told()
    {
        using Tensor matrix = arange(6f).view(2, 3);
        using Tensor column = matrix.t()[1];
        Assert.Equal([2L, 3L], matrix.size());
        Assert.Equal(3, matrix.size(1));
        Assert.Equal(3, matrix.size(-1));
        Assert.Equal([3L, 1L], matrix.stride());
        Assert.Equal(3, matrix.stride(0));
        Assert.Equal((2L, 2L, 2L), (matrix.ndim, matrix.dim(), matrix.Dimensions));
        Assert.Equal((6L, 6L), (matrix.NumberOfElements, matrix.numel()));
        Assert.Equal((4L, 4L), (matrix.element_size(), matrix.ElementSize));
        Assert.Equal((1L, false, true), (column.storage_offset(), column.is_contiguous(), matrix.is_contiguous()));
    }

    [Fact]
    public void Strided_views_are_read_and_written_in_logical_order()
    {
        using Tensor matrix = arange(6f).view(2, 3);
        using Tensor turned = matrix.t();
        Assert.Equal([0f, 3, 1, 4, 2, 5], turned.data<float>().ToArray());
        Assert.Equal(4f, turned.data<float>()[1, 1]);
        Assert.Equal(6, turned.data<float>().Count);
        turned.data<float>()[2, 0] = 20;
        Assert.Equal(20f, matrix[0, 2].item<float>());
    }

    [Fact]
    public void Bytes_are_the_storage_itself()
    {
        using Tensor vector = zeros(2, ScalarType.Int16);
        vector.bytes[0] = 7;
        Assert.Equal([(short)7, (short)0], vector.data<short>().ToArray());
        vector.bytes = new byte[] { 1, 0, 2, 0 };
        Assert.Equal([(short)1, (short)2], vector.data<short>().ToArray());
    }

    [Fact]
    public void Numbers_convert_out_of_one_element_tensors()
    {
        using Tensor value = tensor(3.0);
        Assert.Equal(((float)3, (double)3, (sbyte)3, (byte)3), ((float)value, (double)value, (sbyte)value, (byte)value));
        Assert.Equal(((short)3, 3, (long)3, true), ((short)value, (int)value, (long)value, (bool)value));
        Assert.Equal((3f, 3.0, (sbyte)3, (byte)3), (value.ToSingle(), value.ToDouble(), value.ToSByte(), value.ToByte()));
        Assert.Equal(((short)3, 3, 3L, true), (value.ToInt16(), value.ToInt32(), value.ToInt64(), value.ToBoolean()));
        Assert.Equal(ScalarType.Float64, value.ToScalar().Type);
    }

    [Fact]
    public void Complex_values_convert_in_and_out()
    {
        using Tensor narrow = (1.5f, -2f), wide = new Complex(1.5, -2);
        using Tensor narrowArray = new[] { (1f, 2f) }, wideArray = new[] { new Complex(1, 2) };
        Assert.Equal((1.5f, -2f), narrow.ToComplexFloat32());
        Assert.Equal(new Complex(1.5, -2), wide.ToComplexFloat64());
        Assert.Equal((ScalarType.ComplexFloat32, ScalarType.ComplexFloat64), (narrowArray.dtype, wideArray.dtype));
        Assert.True(narrow.is_complex() && is_complex(wide) && is_complex(ScalarType.ComplexFloat64) && !is_complex(ScalarType.Float32));
    }

    [Fact]
    public void Equality_of_two_tensors_is_of_all_their_elements()
    {
        using Tensor first = ones(2), same = ones(2), other = zeros(2);
        Assert.True(first.Equals(same) && first.Equals((object)same));
        Assert.False(first.Equals(other) || first.Equals(null!));
    }

    [Fact]
    public void Indices_and_numbers_are_no_tensors()
    {
        FluentActions.Invoking(() => (Tensor)TensorIndex.Colon).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => (Tensor)(Scalar)4.0).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void A_tensor_takes_over_another_s_storage_or_gradient_flag()
    {
        using Tensor first = zeros(2), second = ones(3);
        first.set_(second);
        first[0] = tensor(5f);
        Assert.Equal([5.0, 1, 1], Agreement.Values(second));
        Assert.True(first.with_requires_grad().requires_grad);
    }

    [Fact]
    public void Kinds_of_numbers_are_told()
    {
        using Tensor whole = ones(1, ScalarType.Int32), real = zeros(1);
        Assert.True(whole.is_integral() && !real.is_integral() && is_integral(ScalarType.Int64));
        Assert.True(real.is_floating_point() && is_floating_point(real) && !is_floating_point(whole));
        Assert.True(whole.is_nonzero() && !real.is_nonzero() && is_nonzero(whole));
        Assert.True(is_tensor(whole) && !is_tensor("tensor"));
        Assert.True(whole.is_cpu() && !whole.is_cuda);
        Assert.Equal((DeviceType.CPU, -1, DeviceType.CPU), (whole.device_type, whole.device_index, whole.device.type));
        Assert.Equal(1, numel(whole));
    }

    [Fact]
    public void Types_promote_as_in_PyTorch()
    {
        using Tensor whole = ones(2, ScalarType.Int32), real = ones(2), wide = ones(2, ScalarType.Float64);
        Assert.Equal(ScalarType.Float32, result_type(whole, real));
        Assert.Equal(ScalarType.Float64, result_type(real, wide));
        Assert.Equal(ScalarType.Float32, promote_types(ScalarType.Int64, ScalarType.Float32));
        Assert.True(can_cast(ScalarType.Float64, ScalarType.Float32) && !can_cast(ScalarType.Float32, ScalarType.Int32));
        Assert.Equal(1.1920928955078125e-07, finfo(ScalarType.Float32).eps);
        Assert.Equal(finfo(get_default_dtype()).max, finfo().max);
        Assert.Equal(sbyte.MaxValue, max_int_value(ScalarType.Int8));
    }

    [Fact]
    public void Tensors_survive_a_file_and_a_stream()
    {
        string file = Path.Combine(Path.GetTempPath(), $"tensor-{Guid.NewGuid():N}.bin");
        using Tensor original = arange(6f).view(2, 3);
        try
        {
            original.save(file);
            using Tensor loaded = Tensor.load(file);
            Agreement.Exactly(loaded, original, "through a file");
            save(original, file);
            using Tensor again = load(file);
            Agreement.Exactly(again, original, "through torch.save");
        }
        finally
        {
            File.Delete(file);
        }

        using MemoryStream stream = new();
        original.WriteBytesToStream(stream);
        stream.Position = 0;
        using Tensor read = zeros(2, 3);
        read.ReadBytesFromStream(stream);
        Agreement.Exactly(read, original, "through a stream of bytes");
    }

    [Fact]
    public void Elements_of_every_depth_are_set()
    {
        foreach (int depth in Enumerable.Range(1, 6))
        {
            using Tensor block = zeros([.. Enumerable.Repeat(2L, depth)]);
            using Tensor value = tensor(1f);
            switch (depth)
            {
                case 1: block[1] = value; break;
                case 2: block[1, 1] = value; break;
                case 3: block[1, 1, 1] = value; break;
                case 4: block[1, 1, 1, 1] = value; break;
                case 5: block[1, 1, 1, 1, 1] = value; break;
                default: block[1, 1, 1, 1, 1, 1] = value; break;
            }

            double[] values = Agreement.Values(block);
            Assert.Equal(1, values[^1]);
            Assert.Equal(1, values.Sum());
        }
    }

    [Fact]
    public void Defaults_of_type_and_seed_are_set_and_read()
    {
        set_default_dtype(ScalarType.Float64);
        try
        {
            using Tensor made = zeros(1);
            Assert.Equal((ScalarType.Float64, ScalarType.Float64), (made.dtype, get_default_dtype()));
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }

        random.manual_seed(5);
        Assert.Equal((5L, 5L), (initial_seed(), random.initial_seed()));
        using Tensor state = random.get_rng_state();
        using Tensor first = rand(3);
        random.set_rng_state(state);
        using Tensor second = rand(3);
        Agreement.Exactly(second, first, "after restoring the state");
        Assert.NotEqual(seed(), random.seed());
    }
}
