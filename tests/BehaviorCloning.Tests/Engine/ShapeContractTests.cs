using BehaviorCloning.Engine;
using TorchSharp;

namespace BehaviorCloning.Tests.Engine;

public class ShapeContractTests
{
    [Fact]
    public void A_fitting_shape_passes_and_minus_one_is_any()
    {
        using torch.Tensor tensor = torch.zeros(3, 16, 2);
        ShapeContract.Require(tensor, "actions", 3, 16, 2);
        ShapeContract.Require(tensor, "actions", -1, 16, -1);
    }

    [Fact]
    public void A_wrong_extent_says_expected_got_and_where()
    {
        using torch.Tensor tensor = torch.zeros(3, 8, 2);
        FluentActions.Invoking(() => ShapeContract.Require(tensor, "actions", -1, 16, 2)).Should().Throw<ArgumentException>()
            .WithMessage("'actions': expected shape [B, 16, 2], got [3, 8, 2]*dimension 1 is 8 instead of 16*");
    }

    [Fact]
    public void A_wrong_number_of_dimensions_is_said()
    {
        using torch.Tensor tensor = torch.zeros(16, 2);
        FluentActions.Invoking(() => ShapeContract.Require(tensor, "actions", -1, 16, 2)).Should().Throw<ArgumentException>()
            .WithMessage("*2 dimensions instead of 3*");
    }

    [Fact]
    public void A_check_that_passes_allocates_nothing()
    {
        using torch.Tensor tensor = torch.zeros(3, 16, 2);
        // As callers have it: sizes that are not constants. (Unoptimized code allocates for a span of constants.)
        long horizon = tensor.size(1), dimension = tensor.size(2);
        ShapeContract.Require(tensor, "actions", -1, horizon, dimension);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) ShapeContract.Require(tensor, "actions", -1, horizon, dimension);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
