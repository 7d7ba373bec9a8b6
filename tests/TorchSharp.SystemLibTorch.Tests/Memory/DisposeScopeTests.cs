using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it_except_what_was_moved_out()
    {
        Tensor inside, moved;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                inside = torch.ones(1);
                moved = inside.add(1).MoveToOuterDisposeScope();
                inner.DisposablesCount.Should().Be(1);
            }
            inside.IsInvalid.Should().BeTrue();
            moved.IsInvalid.Should().BeFalse();
            outer.Contains(moved).Should().BeTrue();
        }
        moved.IsInvalid.Should().BeTrue();
    }

    [Fact]
    public void Detached_tensors_belong_to_no_scope()
    {
        Tensor detached;
        using (var scope = NewDisposeScope())
        {
            detached = scope.Detach(torch.ones(1));
            scope.DisposablesCount.Should().Be(0);
        }
        detached.IsInvalid.Should().BeFalse();
        detached.Dispose();
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_detaches()
    {
        Tensor moved;
        using (NewDisposeScope())
            moved = torch.ones(1).MoveToOuterDisposeScope();
        moved.IsInvalid.Should().BeFalse();
        moved.Dispose();
    }

    [Fact]
    public void Everything_but_some_can_be_disposed_midway()
    {
        using var scope = NewDisposeScope();
        var kept = torch.ones(1);
        var dropped = torch.ones(1);

        scope.DisposeEverythingBut(kept);

        dropped.IsInvalid.Should().BeTrue();
        scope.DisposablesView.Should().ContainSingle().Which.Should().BeSameAs(kept);
    }

    [Fact]
    public void Scopes_may_be_disposed_out_of_order()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        CurrentDisposeScope.Should().BeSameAs(inner);
        inner.Dispose();
        CurrentDisposeScope.Should().BeNull();
    }

    [Fact]
    public void Scopes_do_not_reach_into_other_threads()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = torch.ones(1));
        thread.Start();
        thread.Join();

        scope.DisposablesCount.Should().Be(0);
        elsewhere!.Dispose();
    }

    [Fact]
    public void In_place_operators_return_the_same_wrapper()
    {
        using var scope = NewDisposeScope();
        var tensor = torch.ones(2);

        tensor.add_(1).Should().BeSameAs(tensor);
        tensor.mul_(2f).fill_(3).zero_().Should().BeSameAs(tensor);
        scope.DisposablesCount.Should().Be(1);
    }

    [Fact]
    public void A_parameter_takes_the_place_of_its_tensor()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var scope = NewDisposeScope();
        var live = Tensor.TotalCount;
        var tensor = torch.ones(2);
        var parameter = new Parameter(tensor);

        tensor.IsInvalid.Should().BeTrue();
        parameter.requires_grad.Should().BeTrue();
        scope.DisposablesView.Should().ContainSingle().Which.Should().BeSameAs(parameter);
        (Tensor.TotalCount - live).Should().Be(1);
    }

    [Fact]
    public void A_parameter_made_outside_scopes_stays_outside()
    {
        using var tensor = torch.ones(2);
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor);

        scope.DisposablesCount.Should().Be(0);
    }

    [Fact]
    public void Statistics_tell_a_leak_from_its_absence()
    {
        var statistics = DisposeScopeManager.Statistics.TensorStatistics;
        Live(() =>
        {
            using var scope = NewDisposeScope();
            torch.ones(3).mul(2).sum().ToSingle();
        }).Should().Be(0);

        Tensor? leaked = null;
        Live(() =>
        {
            using var scope = NewDisposeScope();
            leaked = torch.ones(3).mul(2).DetachFromDisposeScope();
        }).Should().Be(1, "this one leaks on purpose: the test can fail");
        leaked!.Dispose();

        long Live(Action action)
        {
            var before = statistics.ThreadTotalLiveCount;
            action();
            return statistics.ThreadTotalLiveCount - before;
        }
    }

    [Fact]
    public void Forgotten_tensors_are_freed_by_the_collector()
    {
        var before = Tensor.TotalCount;
        Forget(1000);
        for (var i = 0; i < 20 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Tensor.TotalCount.Should().BeLessThanOrEqualTo(before);

        static void Forget(int count)
        {
            for (var i = 0; i < count; i++)
                torch.ones(1);
        }
    }

    [Fact]
    public void A_disposed_tensor_is_an_error_to_use()
    {
        var tensor = torch.ones(1);
        tensor.Dispose();
        tensor.Dispose();

        FluentActions.Invoking(() => tensor.add(1)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => tensor.shape).Should().Throw<InvalidOperationException>();
    }
}
