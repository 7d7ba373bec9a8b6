using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Optim;

public sealed class OptimizerTests
{
    private static Parameter Scalar(float value, float grad)
    {
        var parameter = new Parameter(tensor(new[] { value }));
        parameter.grad = tensor(new[] { grad });
        return parameter;
    }

    [Fact]
    public void Momentum_and_Nesterov_by_hand()
    {
        // buffer: 2, then 0.5 * 2 + 2 = 3; parameter: 1 - 0.1 * 2 = 0.8, then 0.8 - 0.1 * 3 = 0.5
        using var plain = Scalar(1, 2);
        using var sgd = optim.SGD([plain], 0.1, momentum: 0.5);
        sgd.step();
        sgd.step();
        plain.ToSingle().Should().BeApproximately(0.5f, 1e-6f);

        // Nesterov: 1 - 0.1 * (2 + 0.5 * 2) = 0.7, then 0.7 - 0.1 * (2 + 0.5 * 3) = 0.35
        using var ahead = Scalar(1, 2);
        using var nesterov = optim.SGD([ahead], 0.1, momentum: 0.5, nesterov: true);
        nesterov.step();
        nesterov.step();
        ahead.ToSingle().Should().BeApproximately(0.35f, 1e-6f);
    }

    [Fact]
    public void Adam_s_first_step_is_the_learning_rate_against_the_gradient_s_sign()
    {
        using var up = Scalar(1, 5);
        using var down = Scalar(1, -0.01f);
        using var adam = optim.Adam([up, down], 0.1);
        adam.step();
        up.ToSingle().Should().BeApproximately(0.9f, 1e-5f);
        down.ToSingle().Should().BeApproximately(1.1f, 1e-5f);
    }

    [Fact]
    public void Weight_decay_is_in_the_gradient_for_Adam_and_apart_from_it_for_AdamW()
    {
        // Adam: the gradient 0 + 0.5 * 2 = 1 moves by the rate. AdamW: 2 * (1 - 0.1 * 0.5) = 1.9, and nothing else.
        using var inside = Scalar(2, 0);
        using var apart = Scalar(2, 0);
        using var adam = optim.Adam([inside], 0.1, weight_decay: 0.5);
        using var adamw = optim.AdamW([apart], 0.1, weight_decay: 0.5);
        adam.step();
        adamw.step();
        inside.ToSingle().Should().BeApproximately(1.9f, 1e-5f);
        apart.ToSingle().Should().BeApproximately(1.9f, 1e-6f);

        adam.step();
        adamw.step();
        inside.ToSingle().Should().BeApproximately(1.8f, 1e-3f);
        apart.ToSingle().Should().BeApproximately(1.805f, 1e-6f);
    }

    [Fact]
    public void RMSProp_and_Adagrad_by_hand()
    {
        // RMSProp: 1 - 0.1 * 2 / sqrt(0.5 * 4); Adagrad: 1 - 0.1 * 2 / sqrt(4)
        using var first = Scalar(1, 2);
        using var second = Scalar(1, 2);
        using var rmsprop = optim.RMSProp([first], 0.1, alpha: 0.5);
        using var adagrad = optim.Adagrad([second], 0.1);
        rmsprop.step();
        adagrad.step();
        first.ToSingle().Should().BeApproximately(1 - 0.2f / MathF.Sqrt(2), 1e-6f);
        second.ToSingle().Should().BeApproximately(0.9f, 1e-6f);
    }

    [Fact]
    public void Groups_have_their_own_options_and_share_the_defaults()
    {
        using var slow = Scalar(1, 1);
        using var fast = Scalar(1, 1);
        using var adamw = new AdamW(
            [new AdamW.ParamGroup([slow], lr: 0.01), new AdamW.ParamGroup { Parameters = [fast] }], lr: 0.5);
        adamw.step();
        slow.ToSingle().Should().BeApproximately(0.99f, 1e-5f);
        fast.ToSingle().Should().BeApproximately(0.5f, 1e-5f);
        adamw.ParamGroups.Select(group => group.InitialLearningRate).Should().Equal(0.01, 0.5);
        FluentActions.Invoking(() => adamw.add_param_group(new AdamW.ParamGroup([fast]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Parameters_without_gradient_stay_and_count_no_steps()
    {
        using var still = new Parameter(ones(1));
        using var moving = Scalar(1, 1);
        using var adam = optim.Adam([still, moving], 0.1);
        adam.step();
        adam.step();
        still.ToSingle().Should().Be(1);
        still.grad = tensor(new[] { 1f });
        adam.step();

        still.ToSingle().Should().BeApproximately(0.9f, 1e-5f, "this is its first step");
        adam.state_dict().State.Cast<Adam.State>().Select(state => state.step).Should().Equal(1, 3);
    }

    [Fact]
    public void A_step_is_the_same_whether_parameters_come_in_one_portion_or_many()
    {
        manual_seed(5);
        var sizes = new long[] { 7, 40_000, 3, 50_000, 11 };
        var together = sizes.Select(size => new Parameter(randn(size))).ToList();
        var alone = together.ConvertAll(parameter => new Parameter(parameter.detach().clone()));
        using var one = optim.AdamW(together, 0.01, weight_decay: 0.1);
        var each = alone.ConvertAll(parameter => optim.AdamW([parameter], 0.01, weight_decay: 0.1));

        for (var step = 0; step < 3; step++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                var grad = randn(sizes[i]);
                together[i].grad = grad;
                alone[i].grad = grad;
                each[i].step();
            }

            one.step();
        }

        for (var i = 0; i < sizes.Length; i++) together[i].bytes.SequenceEqual(alone[i].bytes).Should().BeTrue();
    }

    [Fact]
    public void The_closure_runs_with_gradients_and_its_loss_is_returned()
    {
        using var parameter = new Parameter(ones(1));
        using var sgd = optim.SGD([parameter], 0.1);

        using (no_grad())
        {
            using var loss = sgd.step(() =>
            {
                sgd.zero_grad();
                var square = parameter.pow(2).sum();
                square.backward();
                return square;
            });
            loss.ToSingle().Should().Be(1);
        }

        parameter.ToSingle().Should().BeApproximately(0.8f, 1e-6f);
    }

    public static TheoryData<string> Names => ["SGD", "Adam", "AdamW", "RMSProp", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"];

    private static OptimizerHelper Make(string name, Parameter parameter) => name switch
    {
        "SGD" => optim.SGD([parameter], 0.1, momentum: 0.9),
        "Adam" => optim.Adam([parameter], 0.1, amsgrad: true),
        "AdamW" => optim.AdamW([parameter], 0.1),
        "RMSProp" => optim.RMSProp([parameter], 0.1, momentum: 0.5, centered: true),
        "Adagrad" => optim.Adagrad([parameter]),
        "Adadelta" => optim.Adadelta([parameter]),
        "Adamax" => optim.Adamax([parameter]),
        "NAdam" => optim.NAdam([parameter]),
        "RAdam" => optim.RAdam([parameter]),
        "ASGD" => optim.ASGD([parameter], 0.1),
        _ => optim.Rprop([parameter]),
    };

    private static void Step(OptimizerHelper optimizer, Parameter parameter, int seed)
    {
        manual_seed(seed);
        parameter.grad = randn(6);
        optimizer.step();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_state_resumes_bit_for_bit(string name)
    {
        using var straight = new Parameter(ones(6));
        using var optimizer = Make(name, straight);
        for (var i = 0; i < 7; i++) Step(optimizer, straight, i);

        using var saved = new MemoryStream();
        using (var writer = new BinaryWriter(saved, System.Text.Encoding.UTF8, leaveOpen: true)) optimizer.save_state_dict(writer);
        using var resumed = new Parameter(straight.detach().clone());
        using var other = Make(name, resumed);
        Step(other, new Parameter(zeros(6)), 100);
        saved.Position = 0;
        using (var reader = new BinaryReader(saved, System.Text.Encoding.UTF8, leaveOpen: true)) other.load_state_dict(reader);
        using var copied = new Parameter(straight.detach().clone());
        using var third = Make(name, copied);
        third.load_state_dict(optimizer.state_dict());

        for (var i = 7; i < 12; i++)
        {
            Step(optimizer, straight, i);
            Step(other, resumed, i);
            Step(third, copied, i);
        }

        resumed.bytes.SequenceEqual(straight.bytes).Should().BeTrue();
        copied.bytes.SequenceEqual(straight.bytes).Should().BeTrue();
    }

    [Fact]
    public void State_of_another_optimizer_is_refused()
    {
        using var parameter = new Parameter(ones(1));
        using var adam = optim.Adam([parameter]);
        using var sgd = optim.SGD([parameter], 0.1);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) adam.save_state_dict(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        FluentActions.Invoking(() => sgd.load_state_dict(reader)).Should().Throw<InvalidDataException>().WithMessage("*'SGD'*'Adam'*");
    }

    [Fact]
    public void Steps_leave_no_tensors_behind_and_survive_dispose_scopes()
    {
        using var linear = nn.Linear(4, 4);
        Adam adam;
        using (NewDisposeScope()) adam = optim.Adam(linear.parameters());

        void Train()
        {
            adam.zero_grad();
            using (NewDisposeScope()) linear.call(ones(2, 4)).sum().backward();
            adam.step();
        }

        Train();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 10; i++) Train();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.Should().Be(before);
        adam.Dispose();
    }
}
