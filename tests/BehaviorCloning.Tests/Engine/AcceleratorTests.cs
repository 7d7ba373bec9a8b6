using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Engine;

public class AcceleratorTests
{
    [Fact]
    public void The_two_pools_do_not_both_get_several_threads()
    {
        Accelerator accelerator = Accelerator.Cpu(2);
        accelerator.Device.type.Should().Be(TorchSharp.DeviceType.CPU);
        if (EngineCapabilities.BlasThreads)
        {
            accelerator.TorchThreads.Should().Be(1);
            accelerator.BlasThreads.Should().Be(2);
        }
        else
        {
            accelerator.TorchThreads.Should().Be(2);
        }

        Accelerator.Cpu(1).TorchThreads.Should().Be(1);
        get_num_threads().Should().Be(1);
    }

    [Fact]
    public void It_describes_itself_in_a_sentence() =>
        Accelerator.Cpu(1).Describe().Should().MatchRegex("^CPU, float32, 1 .*thread.*, libtorch .+ \\((system|package) engine\\)\\.$");

    [Fact]
    public void Lower_precision_falls_back_where_there_is_no_autocast()
    {
        Accelerator accelerator = Accelerator.Cpu(1, Precision.BFloat16);
        accelerator.Precision.Should().Be(EngineCapabilities.Autocast(TorchSharp.DeviceType.CPU) ? Precision.BFloat16 : Precision.Float32);
        using IDisposable? entered = accelerator.EnterPrecision();
    }

    [Fact]
    public void A_missing_cuda_device_says_what_to_do() =>
        FluentActions.Invoking(() => Accelerator.Cuda(99)).Should().Throw<InvalidOperationException>().WithMessage("*CUDA device 99*Accelerator.Best()*");

    [Fact]
    public void Asking_for_capabilities_never_throws()
    {
        _ = (EngineCapabilities.EngineName, EngineCapabilities.PinnedMemory, EngineCapabilities.CudaGraphs, EngineCapabilities.Collectives, EngineCapabilities.BlasThreads);
        EngineCapabilities.LibTorchVersion.Should().NotBeNullOrEmpty();
    }
}
