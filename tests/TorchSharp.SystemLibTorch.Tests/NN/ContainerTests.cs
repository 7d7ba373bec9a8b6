using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class ContainerTests
{
    [Fact]
    public void A_sequence_names_its_modules_by_position_or_as_told()
    {
        using var numbered = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1));
        using var named = nn.Sequential(("first", nn.Linear(2, 3)), ("squash", nn.Tanh()));

        numbered.state_dict().Keys.Should().BeEquivalentTo("0.weight", "0.bias", "2.weight", "2.bias");
        named.state_dict().Keys.Should().BeEquivalentTo("first.weight", "first.bias");
        numbered.Count.Should().Be(3);
        numbered[1..].named_children().Select(child => child.name).Should().Equal("1", "2");
    }

    [Fact]
    public void A_sequence_disposes_what_lies_between_and_keeps_input_and_result()
    {
        using var layer = nn.Linear(2, 2);
        Tensor? between = null;
        layer.register_forward_hook((_, _, result) => between = result);
        using var sequential = nn.Sequential(layer, nn.Identity(), nn.ReLU(inplace: true));
        using var x = ones(1, 2);

        using var y = sequential.call(x);

        between!.IsInvalid.Should().BeTrue();
        x.IsInvalid.Should().BeFalse();
        y.IsInvalid.Should().BeFalse();
    }

    [Fact]
    public void An_empty_sequence_returns_its_input_as_another_tensor()
    {
        using var sequential = nn.Sequential();
        using var x = ones(2);
        var y = sequential.call(x);
        y.Dispose();
        x.IsInvalid.Should().BeFalse();
    }

    [Fact]
    public void A_list_renumbers_when_it_changes()
    {
        using var list = nn.ModuleList(nn.Linear(1, 1), nn.Linear(1, 2));
        list.Insert(0, nn.Linear(1, 3));
        list.RemoveAt(1);

        list.state_dict().Keys.Should().BeEquivalentTo("0.weight", "0.bias", "1.weight", "1.bias");
        list.get_parameter("0.weight")!.size(0).Should().Be(3);
    }

    [Fact]
    public void A_dictionary_keeps_its_order_and_names()
    {
        using var dict = nn.ModuleDict(("b", nn.Linear(1, 1)), ("a", nn.Linear(1, 2)));

        dict.keys().Should().Equal("b", "a");
        dict.state_dict().Keys.Should().BeEquivalentTo("b.weight", "b.bias", "a.weight", "a.bias");
        dict.Remove("b").Should().BeTrue();
        dict.named_children().Select(child => child.name).Should().Equal("a");
    }

    [Fact]
    public void Parameter_containers_hold_parameters()
    {
        using var list = nn.ParameterList(new Parameter(ones(1)), new Parameter(ones(2)));
        using var dict = nn.ParameterDict(("x", new Parameter(ones(3))));

        list.named_parameters().Select(entry => entry.name).Should().Equal("0", "1");
        list.has_parameter("2").Should().BeFalse();
        dict.get_parameter("x")!.numel().Should().Be(3);
        list.to(ScalarType.Float64).Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float64);
    }
}
