using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class TensorIndexingTests
{
    private static Tensor Cube() => torch.arange(24, float32).reshape(2, 3, 4);

    [Fact]
    public void Indices_slices_and_ellipses_select_as_in_python()
    {
        using var scope = NewDisposeScope();
        var cube = Cube();

        cube[1, 2, 3].ToSingle().Should().Be(23);
        cube[-1, 0].data<float>().ToArray().Should().Equal(12, 13, 14, 15);
        cube[0, 1..].shape.Should().Equal(2, 4);
        cube[TensorIndex.Ellipsis, 0].shape.Should().Equal(2, 3);
        cube[TensorIndex.None, 0].shape.Should().Equal(1, 3, 4);
        cube[0, 0, TensorIndex.Slice(0, null, 2)].data<float>().ToArray().Should().Equal(0, 2);
        cube[0, 0, ..^1].data<float>().ToArray().Should().Equal(0, 1, 2);
        cube[TensorIndex.Colon, 1, ^1].data<float>().ToArray().Should().Equal(7, 19);
    }

    [Fact]
    public void Tensors_and_masks_gather()
    {
        using var scope = NewDisposeScope();
        var row = torch.arange(5, float32);

        row[torch.tensor(new long[] { 4, 0, 4 })].data<float>().ToArray().Should().Equal(4, 0, 4);
        row[row > 2].data<float>().ToArray().Should().Equal(3, 4);
        Cube()[TensorIndex.Tensor(torch.tensor(new long[] { 0, 1 })), TensorIndex.Tensor(torch.tensor(new long[] { 2, 0 }))].shape.Should().Equal(2, 4);
    }

    [Fact]
    public void Assignment_writes_through_and_broadcasts()
    {
        using var scope = NewDisposeScope();
        var matrix = torch.zeros(2, 3);
        matrix[0] = torch.tensor(new[] { 1f, 2f, 3f });
        matrix[1, 2] = torch.tensor(9f);
        matrix[.., 0] = torch.tensor(5f);
        matrix[matrix == 0f] = torch.tensor(-1f);

        matrix.data<float>().ToArray().Should().Equal(5, 2, 3, 5, -1, 9);
        matrix.index_put_(torch.ones(2), [torch.tensor(new long[] { 0, 0 }), torch.tensor(new long[] { 1, 1 })], accumulate: true);
        matrix[0, 1].ToSingle().Should().Be(4);
    }

    [Fact]
    public void Views_share_memory_and_gradients_flow_through_them()
    {
        using var scope = NewDisposeScope();
        var input = torch.zeros(2, 3, requires_grad: true);

        input[1, 1..].sum().backward();

        input.grad!.data<float>().ToArray().Should().Equal(0, 0, 0, 0, 1, 1);
    }

    [Fact]
    public void Sizes_and_strides_take_negative_dimensions_and_refuse_absent_ones()
    {
        using var scope = NewDisposeScope();
        var cube = Cube();

        cube.size(-1).Should().Be(4);
        cube.stride().Should().Equal(12, 4, 1);
        FluentActions.Invoking(() => cube.size(3)).Should().Throw<System.Runtime.InteropServices.ExternalException>().WithMessage("*range of [-3, 2], but got 3*");
    }
}
