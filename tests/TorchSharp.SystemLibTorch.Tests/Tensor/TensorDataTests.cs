using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class TensorDataTests
{
    [Fact]
    public void Arrays_come_back_as_they_went_in()
    {
        using var scope = NewDisposeScope();

        torch.tensor(new[,] { { 1, 2, 3 }, { 4, 5, 6 } }).data<int>().ToNDArray().Should().BeEquivalentTo(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        torch.tensor(new[] { true, false }).data<bool>().ToArray().Should().Equal(true, false);
        torch.tensor(new List<double> { 1, 2 }, 2, 1).shape.Should().Equal(2, 1);
        torch.tensor(new float[] { 1, 2 }, float64).data<double>().ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public void Tensor_copies_and_from_array_shares()
    {
        using var scope = NewDisposeScope();
        var array = new[] { 1f, 2f };
        var copy = torch.tensor(array);
        var view = torch.from_array(array);
        array[0] = 9;

        copy[0].ToSingle().Should().Be(1);
        view[0].ToSingle().Should().Be(9);
        view[1] = torch.tensor(5f);
        array[1].Should().Be(5);
    }

    [Fact]
    public void A_shared_array_outlives_the_collector()
    {
        using var scope = NewDisposeScope();
        var view = Make();
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);

        view.sum().ToDouble().Should().Be(4999950000);

        static Tensor Make() => torch.from_array(Enumerable.Range(0, 100_000).Select(i => (double)i).ToArray());
    }

    [Fact]
    public void Accessors_read_strided_views_in_logical_order()
    {
        using var scope = NewDisposeScope();
        var matrix = torch.arange(6, float32).reshape(2, 3);

        matrix.t().data<float>().ToArray().Should().Equal(0, 3, 1, 4, 2, 5);
        matrix[.., 1].data<float>().ToArray().Should().Equal(1, 4);
        matrix.t().data<float>()[2, 1].Should().Be(5);
        matrix.t().data<float>().Should().Equal(0, 3, 1, 4, 2, 5);
        matrix[.., 1].data<float>().CopyFrom(new[] { -1f, -4f });
        matrix.data<float>().ToArray().Should().Equal(0, -1, 2, 3, -4, 5);
    }

    [Fact]
    public void Reading_as_the_wrong_type_is_an_error()
    {
        using var scope = NewDisposeScope();
        var single = torch.ones(1);

        FluentActions.Invoking(() => single.item<double>()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => single.data<int>()).Should().Throw<ArgumentException>();
        single.ToDouble().Should().Be(1, "the To methods convert");
        single.half().ToSingle().Should().Be(1);
    }

    [Fact]
    public void Bytes_are_the_tensors_memory()
    {
        using var scope = NewDisposeScope();
        var tensor = torch.zeros(4);
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes);
        values[2] = 7;

        tensor[2].ToSingle().Should().Be(7);
        FluentActions.Invoking(() => torch.zeros(2, 2).t().bytes.Length).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Zeros_that_were_never_written_out_read_as_zeros()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(3, requires_grad: true);
        input.sgn().sum().backward();

        input.grad!.data<float>().ToArray().Should().Equal(0, 0, 0);
        input.grad![1].item<float>().Should().Be(0);
        input.grad!.add(1).bytes.Length.Should().Be(12);
    }

    [Fact]
    public void A_tensor_survives_the_way_through_a_file()
    {
        using var scope = NewDisposeScope();
        var path = Path.GetTempFileName();
        try
        {
            var tensor = torch.arange(6, float64).reshape(2, 3);
            tensor.save(path);
            Tensor.load(path).allclose(tensor).Should().BeTrue();

            using var stream = new MemoryStream();
            tensor.t().Save(stream);
            stream.Position = 0;
            Tensor.Load(stream).allclose(tensor.t()).Should().BeTrue();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_holds_no_tensor_is_an_error()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no tensor");
            FluentActions.Invoking(() => torch.load(path)).Should().Throw<System.Runtime.InteropServices.ExternalException>();
            FluentActions.Invoking(() => Tensor.Load(new MemoryStream([99, 1, 2, 3]))).Should().Throw<InvalidDataException>();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
