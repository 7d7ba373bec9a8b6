using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.NN;

public sealed class ModuleTests
{
    private abstract class Trunk : nn.Module<Tensor, Tensor>
    {
        private readonly Linear input = nn.Linear(3, 4);
        protected readonly Parameter gain = new(ones(4));

        protected Trunk(string name) : base(name) { }

        protected Tensor Widen(Tensor x) => input.call(x).mul(gain);
    }

    private sealed class Network : Trunk
    {
        private readonly Linear output = nn.Linear(4, 2);

        [ComponentName(Name = "shift")]
        private readonly Tensor offset = zeros(2);

        private readonly ModuleList<Linear> heads = nn.ModuleList(nn.Linear(2, 2), nn.Linear(2, 2));
        private readonly Dropout dropout = nn.Dropout(0.5);

        public Network() : base(nameof(Network))
        {
            register_buffer("scratch", zeros(1), persistent: false);
            RegisterComponents();
        }

        public Linear Output => output;

        public Tensor Offset => offset;

        public override Tensor forward(Tensor input) => heads[0].call(output.call(dropout.call(Widen(input))).add(offset));
    }

    private sealed class Tied : nn.Module
    {
        private readonly Linear first = nn.Linear(2, 2);
        private readonly Linear second;

        public Tied() : base(nameof(Tied))
        {
            second = first;
            RegisterComponents();
        }

        public int Fields => ReferenceEquals(first, second) ? 2 : 0;
    }

    private static readonly string[] NetworkKeys =
    [
        "gain", "heads.0.bias", "heads.0.weight", "heads.1.bias", "heads.1.weight", "input.bias", "input.weight", "output.bias", "output.weight", "shift",
    ];

    [Fact]
    public void Fields_of_the_class_and_its_bases_are_registered_by_name()
    {
        using var network = new Network();

        network.state_dict().Keys.Should().BeEquivalentTo(NetworkKeys);
        network.named_parameters().Select(entry => entry.name).Should().BeEquivalentTo(NetworkKeys[..^1]);
        network.named_children().Select(entry => entry.name).Should().BeEquivalentTo("output", "heads", "dropout", "input");
    }

    [Fact]
    public void Non_persistent_buffers_are_buffers_but_not_state()
    {
        using var network = new Network();

        network.named_buffers().Select(entry => entry.name).Should().BeEquivalentTo("shift", "scratch");
        network.named_buffers(include_nonpersistent: false).Select(entry => entry.name).Should().Equal("shift");
        network.get_buffer("scratch").Should().NotBeNull();
    }

    [Fact]
    public void Parameters_and_buffers_are_found_by_their_dotted_names()
    {
        using var network = new Network();

        ReferenceEquals(network.get_parameter("output.weight"), network.Output.weight).Should().BeTrue();
        network.has_parameter("heads.1.bias").Should().BeTrue();
        network.has_parameter("heads.2.bias").Should().BeFalse();
        network.has_buffer("shift").Should().BeTrue();
        network.get_parameter("nothing.here").Should().BeNull();
    }

    [Fact]
    public void A_shared_module_appears_once_among_the_parameters_and_twice_in_the_state()
    {
        using var tied = new Tied();

        tied.Fields.Should().Be(2);
        tied.parameters().Should().HaveCount(2);
        tied.state_dict().Keys.Should().BeEquivalentTo("first.weight", "first.bias", "second.weight", "second.bias");
    }

    [Fact]
    public void Registering_a_name_twice_or_badly_is_an_error()
    {
        using var network = new Network();

        FluentActions.Invoking(() => network.register_buffer("shift", zeros(1))).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => network.register_module("output", nn.Identity())).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => network.register_module("a.b", nn.Identity())).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => network.register_module(string.Empty, nn.Identity())).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => network.register_parameter("none", null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => nn.ReLU().register_buffer("x", zeros(1))).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Training_and_evaluation_mode_reach_every_submodule()
    {
        using var network = new Network();
        network.training.Should().BeTrue();

        network.eval();
        network.modules().Should().OnlyContain(module => !module.training);
        using var x = ones(5, 3);
        using var first = network.call(x);
        using var second = network.call(x);
        first.bytes.SequenceEqual(second.bytes).Should().BeTrue("dropout does nothing in evaluation mode");

        network.train();
        network.modules().Should().OnlyContain(module => module.training);
        using var noisy = network.call(x);
        noisy.bytes.SequenceEqual(first.bytes).Should().BeFalse("dropout acts in training mode");
    }

    [Fact]
    public void State_copies_from_one_module_to_another()
    {
        using var source = new Network();
        using var target = new Network();

        var (missing, unexpected) = target.load_state_dict(source.state_dict());

        missing.Should().BeEmpty();
        unexpected.Should().BeEmpty();
        foreach (var (name, tensor) in source.state_dict()) target.state_dict()[name].bytes.SequenceEqual(tensor.bytes).Should().BeTrue();
    }

    [Fact]
    public void Every_mismatch_is_listed_and_nothing_is_copied()
    {
        using var source = new Network();
        using var target = new Network();
        var state = source.state_dict();
        state.Remove("gain");
        state["extra"] = ones(1);
        state["output.bias"] = ones(3);
        var before = target.Output.weight.bytes.ToArray();

        var error = FluentActions.Invoking(() => target.load_state_dict(state)).Should().Throw<InvalidOperationException>().Which.Message;

        error.Should().Contain("missing key 'gain'").And.Contain("unexpected key 'extra'").And.Contain("'output.bias' has shape [3], expected [2]");
        target.Output.weight.bytes.SequenceEqual(before).Should().BeTrue();
    }

    [Fact]
    public void Without_strictness_missing_and_unexpected_keys_are_returned()
    {
        using var source = new Network();
        using var target = new Network();
        var state = source.state_dict();
        state.Remove("gain");
        state["extra"] = ones(1);

        var (missing, unexpected) = target.load_state_dict(state, strict: false);

        missing.Should().Equal("gain");
        unexpected.Should().Equal("extra");
        target.Output.weight.bytes.SequenceEqual(source.Output.weight.bytes).Should().BeTrue();
    }

    [Fact]
    public void Skipped_keys_are_neither_copied_nor_missed()
    {
        using var source = new Network();
        using var target = new Network();
        var state = source.state_dict();
        state.Remove("gain");

        target.load_state_dict(state, skip: ["gain", "output.weight"]);

        target.Output.weight.bytes.SequenceEqual(source.Output.weight.bytes).Should().BeFalse();
        target.Output.bias.bytes.SequenceEqual(source.Output.bias.bytes).Should().BeTrue();
    }

    [Fact]
    public void Conversion_keeps_every_tensor_s_identity_and_gradient()
    {
        using var network = new Network();
        var weight = network.Output.weight;
        using (var loss = network.call(ones(5, 3)).sum()) loss.backward();

        network.to(ScalarType.Float64);

        ReferenceEquals(network.Output.weight, weight).Should().BeTrue();
        network.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.Float64 && parameter.requires_grad && parameter.is_leaf);
        network.Offset.dtype.Should().Be(ScalarType.Float64);
        using (var grad = weight.grad) grad!.dtype.Should().Be(ScalarType.Float64);

        network.zero_grad();
        using (var loss = network.call(ones(5, 3, dtype: ScalarType.Float64)).sum()) loss.backward();
        using (var grad = weight.grad) grad!.dtype.Should().Be(ScalarType.Float64);
    }

    [Fact]
    public void Modules_convert_to_floating_types_only() =>
        FluentActions.Invoking(() => nn.Linear(1, 1).to(ScalarType.Int64)).Should().Throw<ArgumentException>();

    [Fact]
    public void Gradients_are_dropped_or_zeroed()
    {
        using var linear = nn.Linear(2, 1);
        using (var loss = linear.call(ones(1, 2)).sum()) loss.backward();

        linear.zero_grad(set_to_none: false);
        using (var grad = linear.weight.grad) grad!.abs().sum().ToSingle().Should().Be(0);

        linear.zero_grad();
        linear.weight.grad.Should().BeNull();
    }

    [Fact]
    public void Apply_visits_children_before_their_parent()
    {
        using var sequential = nn.Sequential(nn.Linear(1, 1), nn.ReLU());
        var visited = new List<string>();

        sequential.apply(module => visited.Add(module.GetName()));

        visited.Should().Equal("Linear", "ReLU", "Sequential");
    }

    [Fact]
    public void Hooks_see_and_change_inputs_and_results_until_removed()
    {
        using var linear = nn.Linear(ones(1, 1).AsParameter(), zeros(1).AsParameter());
        using var x = tensor(new[] { 3f }).reshape(1, 1);
        var before = linear.register_forward_pre_hook((_, input) => input.mul(2));
        var after = linear.register_forward_hook((_, _, result) => result.add(1));

        linear.call(x).ToSingle().Should().Be(7);
        before.remove();
        linear.call(x).ToSingle().Should().Be(4);
        after.remove();
        linear.call(x).ToSingle().Should().Be(3);
    }

    [Fact]
    public void Built_in_modules_keep_their_parameters_out_of_dispose_scopes()
    {
        Linear linear;
        BatchNorm1d norm;
        LSTM lstm;
        MultiheadAttention attention;

        using (NewDisposeScope())
        {
            linear = nn.Linear(2, 2);
            norm = nn.BatchNorm1d(2);
            lstm = nn.LSTM(2, 2);
            attention = nn.MultiheadAttention(2, 1);
        }

        foreach (var module in new nn.Module[] { linear, norm, lstm, attention })
        {
            module.state_dict().Values.Should().OnlyContain(tensor => !tensor.IsInvalid);
            module.Dispose();
            module.state_dict().Should().BeEmpty("a disposed module holds nothing");
        }
    }

    [Fact]
    public void Saved_state_loads_and_other_state_is_refused()
    {
        using var source = new Network();
        using var target = new Network();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) source.save(writer);

        stream.Position = 0;
        target.load(stream);

        target.Output.weight.bytes.SequenceEqual(source.Output.weight.bytes).Should().BeTrue();
        using var other = nn.Linear(4, 2);
        using var again = new MemoryStream(stream.ToArray());
        FluentActions.Invoking(() => other.load(again)).Should().Throw<ArgumentException>();
        using var cut = new MemoryStream(stream.ToArray()[..40]);
        FluentActions.Invoking(() => target.load(cut)).Should().Throw<IOException>();
    }
}
