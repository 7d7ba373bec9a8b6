using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class UtilsTests
{
    private static List<Parameter> WithGradients(params float[][] gradients) => [.. gradients.Select(values =>
    {
        var parameter = new Parameter(zeros(values.Length));
        parameter.grad = tensor(values);
        return parameter;
    })];

    [Fact]
    public void Clipping_scales_all_gradients_to_the_norm_and_returns_what_it_was()
    {
        var parameters = WithGradients([3], [0, 4]);
        nn.utils.clip_grad_norm_(parameters, 1).Should().BeApproximately(5, 1e-6);
        parameters[0].grad!.ToSingle().Should().BeApproximately(0.6f, 1e-6f);
        parameters[1].grad!.data<float>().ToArray()[1].Should().BeApproximately(0.8f, 1e-6f);

        nn.utils.clip_grad_norm_(parameters, 10).Should().BeApproximately(1, 1e-5);
        parameters[0].grad!.ToSingle().Should().BeApproximately(0.6f, 1e-6f, "a small gradient stays as it is");
    }

    [Fact]
    public void Other_norms_and_values_clip_too()
    {
        nn.utils.clip_grad_norm_(WithGradients([3], [0, -4]), 1, double.PositiveInfinity).Should().Be(4);
        nn.utils.clip_grad_norm_(WithGradients([3], [0, -4]), 1, 1).Should().Be(7);
        nn.utils.clip_grad_norm_([new Parameter(zeros(1))], 1).Should().Be(0);
        var parameters = WithGradients([3, -3, 0.5f]);
        nn.utils.clip_grad_value_(parameters, 1);
        parameters[0].grad!.data<float>().ToArray().Should().Equal(1, -1, 0.5f);
    }

    [Fact]
    public void Parameters_become_a_vector_and_come_back()
    {
        using var source = nn.Linear(3, 2);
        using var target = nn.Linear(3, 2);
        using var vector = nn.utils.parameters_to_vector(source.parameters());
        vector.shape.Should().Equal(8);
        vector.requires_grad.Should().BeTrue();

        nn.utils.vector_to_parameters(vector, target.parameters());

        target.weight!.bytes.SequenceEqual(source.weight!.bytes).Should().BeTrue();
        target.bias!.bytes.SequenceEqual(source.bias!.bytes).Should().BeTrue();
        target.weight.requires_grad.Should().BeTrue();
    }
}
