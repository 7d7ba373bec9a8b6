using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>Wrong calls are exceptions with libtorch's text, whatever the call: none ends the process, none leaks.</summary>
public sealed class FailingCallsTests
{
    private static readonly Dictionary<string, Action> Failures = new()
    {
        ["add of shapes that do not broadcast"] = () => _ = zeros(2, 3) + zeros(4),
        ["matmul of wrong shapes"] = () => zeros(2, 3).matmul(zeros(2, 3)),
        ["matmul of a scalar"] = () => zeros(2, 3).matmul(tensor(1f)),
        ["mm of vectors"] = () => zeros(2).mm(zeros(2)),
        ["bmm of matrices"] = () => zeros(2, 3).bmm(zeros(3, 2)),
        ["matmul of different types"] = () => zeros(2, 3).matmul(zeros(3, 2, ScalarType.Float64)),
        ["view of a wrong size"] = () => zeros(2, 3).view(4, 2),
        ["cat of wrong shapes"] = () => cat([zeros(2, 3), zeros(2, 4)]),
        ["stack of nothing"] = () => stack(Array.Empty<Tensor>()),
        ["a dimension out of range"] = () => zeros(2, 3).sum(5),
        ["an index out of range"] = () => _ = zeros(2, 3)[2],
        ["an index tensor out of range"] = () => zeros(2, 3).index_select(0, tensor(new long[] { 7 })),
        ["a mask of a wrong shape"] = () => _ = zeros(2, 3)[ones(5).@bool()],
        ["einsum of a wrong equation"] = () => einsum("ij,jk->iz", zeros(2, 3), zeros(3, 2)),
        ["backward of a vector"] = () => ones(2).requires_grad_().mul(2).backward(),
        ["backward without a graph"] = () => ones(2).sum().backward(),
        ["the gradient of an unused input"] = () => autograd.grad([ones(2).requires_grad_().sum()], [ones(2).requires_grad_()]),
        ["the gradient of an input that needs none"] = () => autograd.grad([ones(2).requires_grad_().sum()], [ones(2)]),
        ["an integer tensor asked for a gradient"] = () => ones(2, ScalarType.Int64).requires_grad_(),
        ["a leaf changed in place"] = () => ones(2).requires_grad_().add_(1),
        ["the mean of integers"] = () => ones(2, ScalarType.Int64).mean(),
        ["multinomial of negative weights"] = () => multinomial(full(3, -1f), 2),
        ["bernoulli outside the unit interval"] = () => bernoulli(full(3, 2f)),
        ["a convolution of wrong channels"] = () => nn.functional.conv1d(zeros(1, 3, 5), zeros(2, 4, 3)),
        ["a linear layer of wrong features"] = () => WrongLinear(),
        ["a loss of wrong targets"] = () => nn.functional.cross_entropy(zeros(2, 3), tensor(new long[] { 0, 9 })),
        ["group norm of odd channels"] = () => nn.functional.group_norm(zeros(1, 3, 4), 2),
        ["a negative size"] = () => zeros(-2, 3),
        ["an item of a vector"] = () => zeros(3).ToSingle(),
        ["a copy of a wrong shape"] = () => zeros(2, 3).copy_(zeros(4)),
        ["in-place broadcasting of the target"] = () => zeros(3).add_(zeros(2, 3)),
        ["a generator state of a wrong size"] = () => WrongState(),
    };

    public static TheoryData<string> Names => [.. Failures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_wrong_call_is_an_exception_that_says_why(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        string message = FluentActions.Invoking(Failures[name]).Should().Throw<Exception>().Which.Message;
        message.Should().NotBeNullOrWhiteSpace();
        message.Should().NotContain("frame #", "the C++ stack is noise to a C# programmer");
    }

    [Fact]
    public void Ten_thousand_failing_calls_leave_the_process_healthy()
    {
        Action[] failures = [.. Failures.Values];
        Round(failures, failures.Length);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long alive = Tensor.TotalCount, onThread = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Round(failures, 10_000);

        Assert.Equal(alive, Tensor.TotalCount);
        Assert.Equal(onThread, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(is_grad_enabled());
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(2, 2).requires_grad_();
        x.matmul(x).sum().backward();
        Agreement.Exactly(x.grad!, full(2, 2, 4f), "a good call afterwards");
    }

    [Fact]
    public void A_failing_call_lets_go_of_its_arguments()
    {
        long before = Environment.WorkingSet;
        for (int call = 0; call < 1000; call++)
        {
            using Tensor left = ones(512, 512), right = ones(3, 512);
            FluentActions.Invoking(() => left.matmul(right)).Should().Throw<ExternalException>();
            FluentActions.Invoking(() => cat([left, right.t()])).Should().Throw<ExternalException>();
        }

        (Environment.WorkingSet - before).Should().BeLessThan(256L << 20, "a thousand megabytes went through");
    }

    private static void Round(Action[] failures, int count)
    {
        for (int call = 0; call < count; call++)
        {
            using DisposeScope scope = NewDisposeScope();
            bool failed = false;
            try
            {
                failures[call % failures.Length]();
            }
            catch (Exception error) when (error is ExternalException or ArgumentException or InvalidOperationException)
            {
                failed = true;
            }

            Assert.True(failed);
        }
    }

    private static void WrongLinear()
    {
        using Linear layer = nn.Linear(4, 2);
        layer.call(zeros(3, 5));
    }

    private static void WrongState()
    {
        using Generator generator = new(1);
        generator.set_state(zeros(3, ScalarType.Byte));
    }
}
