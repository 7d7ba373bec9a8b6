namespace TorchSharp.SystemLibTorch.Tests.Golden;

/// <summary>What the golden table leaves out, and why. The names are checked: nothing may be excused that is not there.</summary>
internal static class CoveredElsewhere
{
    private const string Lifetime = "lifetime, no numbers: DisposeScopeTests, TensorDataTests";
    private const string Gpu = "needs a GPU, or only asks whether there is one";
    private const string Text = "text, no numbers";
    private const string Process = "a setting of the process, no numbers";
    private const string Reflection = "every overload by reflection: TensorFactoryTests";
    private const string Double = "the overload beside it, in float32, has a case; numbers given as double become the same tensor";
    private const string Containers = "holds modules or parameters, computes nothing: ContainerTests";

    /// <summary>Members by name: every overload of it.</summary>
    public static IReadOnlyDictionary<string, string> Members { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["torch.tensor"] = Reflection,
        ["torch.as_tensor"] = Reflection,
        ["torch.Tensor.Dispose"] = Lifetime,
        ["torch.Tensor.DecoupleFromNativeHandle"] = Lifetime,
        ["torch.Tensor.MoveToOtherDisposeScope"] = Lifetime,
        ["torch.Tensor.MoveToOuterDisposeScope"] = Lifetime,
        ["torch.Tensor.UnsafeCreateTensor"] = Lifetime,
        ["torch.Tensor.get_Handle"] = Lifetime,
        ["torch.Tensor.get_PeakCount"] = Lifetime,
        ["torch.WrappedTensorDisposeScope"] = Lifetime,
        ["torch.get_CurrentDisposeScope"] = Lifetime,
        ["torch.Tensor.Load"] = "the same reader as Tensor.load, which DataAccessTests calls",
        ["torch.Tensor.ToString"] = Text,
        ["torch.Tensor.get_name"] = Text,
        ["torch.Tensor.set_name"] = Text,
        ["torch.get_TensorStringStyle"] = Text,
        ["torch.set_TensorStringStyle"] = Text,
        ["torch.set_printoptions"] = Text,
        ["torch.get___version__"] = Text,
        ["torch.Tensor.cuda"] = Gpu,
        ["torch.Tensor.mps"] = Gpu,
        ["torch.Tensor.is_pinned"] = Gpu,
        ["torch.Tensor.pin_memory"] = Gpu,
        ["torch.InitializeDevice"] = Gpu,
        ["torch.InitializeDeviceType"] = Gpu,
        ["torch.TryInitializeDeviceType"] = Gpu,
        ["torch.cuda_is_available"] = Gpu,
        ["torch.mps_is_available"] = Gpu,
        ["torch.get_CUDA"] = Gpu,
        ["torch.get_MPS"] = Gpu,
        ["torch.device"] = Gpu,
        ["torch.get_default_device"] = Gpu,
        ["torch.set_default_device"] = Gpu,
        ["torch.Tensor.get_is_sparse"] = "no sparse tensor can be made",
        ["torch.Tensor.ones"] = "torch.ones under another name: its type and shape only",
        ["torch.Tensor.zeros"] = "torch.zeros under another name: its type and shape only",
        ["torch.CheckForErrors"] = Process,
        ["torch.get_num_threads"] = Process,
        ["torch.set_num_threads"] = Process,
        ["torch.get_num_interop_threads"] = Process,
        ["torch.set_num_interop_threads"] = Process,
        ["torch.cross"] = "takes a Scalar where a tensor belongs, as the package has it; linalg.cross is the one that works",
        ["torch.randint_bool"] = "randint_long below two",
        ["torch.distributions.Bernoulli"] = Double,
        ["torch.distributions.Normal"] = Double,
        ["torch.nn.ModuleDict"] = Containers,
        ["torch.nn.ModuleList"] = Containers,
        ["torch.nn.ParameterDict"] = Containers,
        ["torch.nn.ParameterList"] = Containers,
    };

    /// <summary>Whole types.</summary>
    public static IReadOnlyDictionary<string, string> Types { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["torch.cuda"] = Gpu,
        ["torch.backends.cuda"] = Gpu,
        ["torch.backends.cuda.matmul"] = Gpu,
        ["torch.backends.cudnn"] = Gpu,
        ["Modules.ModuleDict"] = Containers,
        ["Modules.ModuleList"] = Containers,
        ["Modules.ParameterDict"] = Containers,
        ["Modules.ParameterList"] = Containers,
    };
}
