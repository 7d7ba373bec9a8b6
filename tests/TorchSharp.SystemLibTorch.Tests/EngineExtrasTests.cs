using static TorchSharp.torch;

namespace TorchSharp.SystemLibTorch.Tests;

public sealed class EngineExtrasTests
{
    [Fact]
    public void Autocast_narrows_matrix_products_in_its_region_only()
    {
        using var scope = NewDisposeScope();
        var input = torch.ones(2, 2);
        using (EngineExtras.Autocast(DeviceType.CPU, ScalarType.BFloat16))
            torch.mm(input, input).dtype.Should().Be(ScalarType.BFloat16);

        torch.mm(input, input).dtype.Should().Be(ScalarType.Float32);
    }

    [Fact]
    public void What_the_machine_lacks_is_said()
    {
        EngineExtras.CollectivesAvailable.Should().BeFalse();
        if (!EngineExtras.CudaGraphsAvailable)
            FluentActions.Invoking(EngineExtras.CreateCudaGraph).Should().Throw<NotSupportedException>().WithMessage("*CUDA*");
        if (!EngineExtras.PinnedMemoryAvailable)
            FluentActions.Invoking(() => EngineExtras.PinMemory(null!)).Should().Throw<NotSupportedException>().WithMessage("*CUDA*");
        if (!cuda.is_available())
            FluentActions.Invoking(() => torch.zeros(1, device: CUDA)).Should().Throw<InvalidOperationException>().WithMessage("*CUDA*");
    }

    [Fact]
    public void Blas_threads_can_be_set_where_OpenBlas_is_used()
    {
        var before = EngineExtras.GetBlasThreads();
        if (before == 0)
            return;
        EngineExtras.SetBlasThreads(1);
        EngineExtras.GetBlasThreads().Should().Be(1);
        EngineExtras.SetBlasThreads(before);
    }

    [Fact]
    public void The_version_is_libtorchs() => EngineExtras.LibTorchVersion.Should().MatchRegex(@"^\d+\.\d+\.\d+");
}
