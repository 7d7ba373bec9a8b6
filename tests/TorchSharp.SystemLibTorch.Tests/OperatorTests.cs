using System.Reflection;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class OperatorTests
{
    [Fact]
    public void Every_operator_of_the_binding_exists_in_this_libtorch()
    {
        var missing = typeof(Aten).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => !((Operator)field.GetValue(null)!).Exists)
            .Select(field => field.Name);

        missing.Should().BeEmpty();
    }

    [Fact]
    public void An_unknown_operator_is_an_error_when_it_is_called()
    {
        var unknown = new Operator("no_such_operator", "overload");

        unknown.Exists.Should().BeFalse();
        FluentActions.Invoking(() => unknown.Call(1)).Should().Throw<NotSupportedException>().WithMessage("*no operator aten::no_such_operator.overload*");
    }

    [Fact]
    public void Arguments_not_given_take_the_schemas_defaults()
    {
        using var scope = NewDisposeScope();
        var input = torch.tensor(new[] { 1f, 2f, 4f });

        new Operator("sum").Call(input).ToSingle().Should().Be(7f);
        new Operator("std").Call(input).ToSingle().Should().BeApproximately(1.5275252f, 1e-6f, "the default is the unbiased estimate");
    }

    [Fact]
    public void Arguments_are_converted_to_what_the_schema_wants()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(2, 3);

        new Operator("leaky_relu").Call(input, 1).ToString().Should().Contain("Float32", "a whole number stands for a real one");
        new Operator("sum", "dim_IntList").Call(input, 1L).shape.Should().Equal([2L], "one number stands for a list of one");
        new Operator("avg_pool2d").Call(torch.ones(1, 1, 4, 4), 2L).shape.Should().Equal([1L, 1, 2, 2], "one number stands for int[2]");
        new Operator("clamp").Call(input, Arg.None, 0.5).mean().ToSingle().Should().Be(0.5f);
    }

    [Fact]
    public void A_wrong_kind_of_argument_names_the_argument_and_the_schema()
    {
        using var scope = NewDisposeScope();
        var call = () => new Operator("add", "Tensor").Call(torch.ones(1), "text");

        call.Should().Throw<ExternalException>().WithMessage("*'other' was given a string*aten::add.Tensor(Tensor self, Tensor other*");
    }

    [Fact]
    public void Too_many_and_too_few_arguments_are_errors()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(1);

        FluentActions.Invoking(() => new Operator("neg").Call(input, input)).Should().Throw<ExternalException>().WithMessage("*got 2 arguments*");
        FluentActions.Invoking(() => new Operator("mm").Call(input)).Should().Throw<ExternalException>().WithMessage("*'mat2' is missing*");
    }

    [Fact]
    public void Lists_longer_than_the_stack_buffer_arrive_whole()
    {
        using var scope = NewDisposeScope();
        var parts = Enumerable.Range(0, 1000).Select(i => torch.full(1, (float)i)).ToArray();

        torch.cat(parts).data<float>().ToArray().Should().Equal(Enumerable.Range(0, 1000).Select(i => (float)i));
    }
}
