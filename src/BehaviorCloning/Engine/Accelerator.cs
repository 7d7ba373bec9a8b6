using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>What a forward and backward pass computes in. Weights, optimizer state and losses are 32-bit floats in every mode.</summary>
public enum Precision
{
    /// <summary>32-bit floats throughout.</summary>
    Float32,

    /// <summary>Matrix products in bfloat16 where the engine has autocast.</summary>
    BFloat16,
}

/// <summary>Where a policy computes and with how many threads.</summary>
/// <remarks>
/// Thread counts belong to the process: the accelerator made last decides. libtorch has two pools, its own for element-wise work
/// and the BLAS library's for matrix products. Where each is a pool of its own (Debian's libtorch on OpenBLAS) they fight over the cores: with two
/// threads in both a training step took 84 ms, with one and two 18 ms. So where BLAS can be set alone it gets the cores and libtorch one thread.
/// </remarks>
public sealed class Accelerator
{
    private Accelerator(Device device, Precision precision, int torchThreads, int blasThreads)
    {
        Device = device;
        Precision = precision;
        TorchThreads = torchThreads;
        BlasThreads = blasThreads;
    }

    /// <summary>The device that holds weights and computes.</summary>
    public Device Device { get; }

    /// <summary>What it computes in.</summary>
    public Precision Precision { get; }

    /// <summary>Threads of libtorch's own pool.</summary>
    public int TorchThreads { get; }

    /// <summary>Threads of the BLAS library, or 0 where it shares libtorch's pool or cannot be asked.</summary>
    public int BlasThreads { get; }

    /// <summary>Whether this is a CUDA device.</summary>
    public bool IsCuda => Device.type == DeviceType.CUDA;

    /// <summary>The first CUDA device where there is one, otherwise every core of the CPU.</summary>
    /// <param name="precision">Falls back to <see cref="Precision.Float32"/> where the engine has no autocast for the device.</param>
    public static Accelerator Best(Precision precision = Precision.Float32)
    {
        if (!cuda.is_available()) return Create(CPU, precision, Environment.ProcessorCount);
        return Create(device(DeviceType.CUDA, 0), precision, Environment.ProcessorCount);
    }

    /// <summary>The CPU.</summary>
    /// <param name="threads">How many cores to use; 0 for all that the process may use.</param>
    /// <param name="precision">Falls back to <see cref="Precision.Float32"/> where the engine has no autocast for the CPU.</param>
    public static Accelerator Cpu(int threads = 0, Precision precision = Precision.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return Create(CPU, precision, threads == 0 ? Environment.ProcessorCount : threads);
    }

    /// <summary>A CUDA device by number.</summary>
    /// <exception cref="InvalidOperationException">There is no such device.</exception>
    public static Accelerator Cuda(int index = 0, Precision precision = Precision.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (index >= count)
            throw new InvalidOperationException($"CUDA device {index} was asked for, but the {EngineCapabilities.EngineName} engine (libtorch {EngineCapabilities.LibTorchVersion}) sees {count}. Use Accelerator.Best(), or install an engine with CUDA (docs/engines.md).");
        return Create(device(DeviceType.CUDA, index), precision, Environment.ProcessorCount);
    }

    /// <summary>Enters the accelerator's precision until disposed; null in 32 bits, where there is nothing to enter.</summary>
    public IDisposable? EnterPrecision() =>
        Precision == Precision.BFloat16 ? EngineCapabilities.EnterAutocast(Device.type, ScalarType.BFloat16) : null;

    /// <summary>For people and logs: device, engine, precision and threads in one sentence.</summary>
    public string Describe()
    {
        string threads = BlasThreads > 0 ? $"{TorchThreads} libtorch and {BlasThreads} BLAS threads" : $"{TorchThreads} threads";
        return $"{(IsCuda ? $"CUDA device {Device.index}" : "CPU")}, {(Precision == Precision.BFloat16 ? "bfloat16 autocast" : "float32")}, {threads}, libtorch {EngineCapabilities.LibTorchVersion} ({EngineCapabilities.EngineName} engine).";
    }

    private static Accelerator Create(Device device, Precision precision, int cores)
    {
        if (precision == Precision.BFloat16 && !EngineCapabilities.Autocast(device.type)) precision = Precision.Float32;
        bool separatePools = EngineCapabilities.BlasThreads;
        int torchThreads = separatePools ? 1 : cores;
        set_num_threads(torchThreads);
        NativeHeap.KeepFreedMemory();
        if (separatePools) EngineCapabilities.SetBlasThreads(cores);
        return new Accelerator(device, precision, torchThreads, separatePools ? cores : 0);
    }
}
