using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>
/// What the engine underneath can do beyond TorchSharp's public API. TorchSharp's own package has none of it; the system engine
/// offers some. Each ability is asked for before it is used, and its absence costs speed, never correctness.
/// </summary>
/// <remarks>
/// The system engine has the package's assembly name, so nothing can refer to its extras at compile time: they are found by
/// reflection on <c>TorchSharp.SystemLibTorch.EngineExtras</c> and bound to delegates once.
/// </remarks>
public static class EngineCapabilities
{
    private static readonly Type? Extras = typeof(torch).Assembly.GetType("TorchSharp.SystemLibTorch.EngineExtras");
    private static readonly Func<DeviceType, bool>? AutocastAvailableCall = Bind<Func<DeviceType, bool>>("AutocastAvailable");
    private static readonly Func<DeviceType, ScalarType, IDisposable>? AutocastCall = Bind<Func<DeviceType, ScalarType, IDisposable>>("Autocast");
    private static readonly Func<bool>? PinnedMemoryAvailableCall = Bind<Func<bool>>("get_PinnedMemoryAvailable");
    private static readonly Func<Tensor, Tensor>? PinMemoryCall = Bind<Func<Tensor, Tensor>>("PinMemory");
    private static readonly Func<bool>? CudaGraphsAvailableCall = Bind<Func<bool>>("get_CudaGraphsAvailable");
    private static readonly Func<bool>? CollectivesAvailableCall = Bind<Func<bool>>("get_CollectivesAvailable");
    private static readonly Func<string>? LibTorchVersionCall = Bind<Func<string>>("get_LibTorchVersion");
    private static readonly Action<int>? SetBlasThreadsCall = Bind<Action<int>>("SetBlasThreads");
    private static readonly Func<int>? GetBlasThreadsCall = Bind<Func<int>>("GetBlasThreads");

    /// <summary>"system" for the system engine, "package" for TorchSharp's own.</summary>
    public static string EngineName => Extras is null ? "package" : "system";

    /// <summary>The version of libtorch underneath.</summary>
    public static string LibTorchVersion => LibTorchVersionCall?.Invoke() ?? __version__;

    /// <summary>Whether memory that a GPU copies from without waiting can be had.</summary>
    public static bool PinnedMemory => PinMemoryCall is not null && PinnedMemoryAvailableCall is not null && PinnedMemoryAvailableCall();

    /// <summary>Whether work can be recorded as a CUDA graph and replayed.</summary>
    public static bool CudaGraphs => CudaGraphsAvailableCall is not null && CudaGraphsAvailableCall();

    /// <summary>Whether several devices can reduce and broadcast together.</summary>
    public static bool Collectives => CollectivesAvailableCall is not null && CollectivesAvailableCall();

    /// <summary>Whether the BLAS library's threads can be set apart from the engine's.</summary>
    public static bool BlasThreads => SetBlasThreadsCall is not null && GetBlasThreadsCall is not null && GetBlasThreadsCall() > 0;

    /// <summary>Whether operators can choose bfloat16 by themselves on a device.</summary>
    public static bool Autocast(DeviceType device) => AutocastCall is not null && AutocastAvailableCall is not null && AutocastAvailableCall(device);

    /// <summary>Enters autocast until disposed. Ask <see cref="Autocast"/> first.</summary>
    /// <exception cref="NotSupportedException">The engine has no autocast.</exception>
    internal static IDisposable EnterAutocast(DeviceType device, ScalarType type) =>
        AutocastCall?.Invoke(device, type) ?? throw Missing("autocast");

    /// <summary>A copy of a CPU tensor in pinned memory. Ask <see cref="PinnedMemory"/> first.</summary>
    /// <exception cref="NotSupportedException">The engine has no pinned memory.</exception>
    internal static Tensor PinMemory(Tensor tensor) => PinMemoryCall?.Invoke(tensor) ?? throw Missing("pinned memory");

    /// <summary>Sets how many threads BLAS uses; does nothing where the engine cannot.</summary>
    internal static void SetBlasThreads(int count) => SetBlasThreadsCall?.Invoke(count);

    /// <summary>How many threads BLAS uses, or 0 where the engine cannot say.</summary>
    internal static int GetBlasThreads() => GetBlasThreadsCall?.Invoke() ?? 0;

    private static NotSupportedException Missing(string ability) =>
        new($"The {EngineName} engine (libtorch {LibTorchVersion}) has no {ability}. Ask EngineCapabilities before using it, or build with the system engine on a libtorch that has it.");

    private static T? Bind<T>(string name)
        where T : Delegate
    {
        MethodInfo signature = typeof(T).GetMethod("Invoke")!;
        MethodInfo? method = Extras?.GetMethod(name, BindingFlags.Public | BindingFlags.Static, [.. signature.GetParameters().Select(p => p.ParameterType)]);
        return method is not null && signature.ReturnType.IsAssignableFrom(method.ReturnType) ? method.CreateDelegate<T>() : null;
    }
}
