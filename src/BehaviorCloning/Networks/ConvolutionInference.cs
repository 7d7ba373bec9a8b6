using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>Convolutions over time.</summary>
internal static class ConvolutionInference
{
    /// <summary>
    /// The layer's output; for one sequence on the CPU, when nothing is to be differentiated, as a single matrix product over the unrolled
    /// input. There a convolution is bound by reading its weights: CPU convolution kernels rearrange them first, a matrix product reads them
    /// as they lie.
    /// </summary>
    /// <param name="layer">Of stride 1, and padding that keeps the length.</param>
    /// <param name="x">[B, channels, T].</param>
    public static Tensor Convolve(this Conv1d layer, Tensor x)
    {
        if (is_grad_enabled() || x.size(0) != 1 || x.device_type != DeviceType.CPU) return layer.forward(x);
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = layer.weight;
        long kernel = weight.size(2), length = x.size(2);
        Tensor columns = x.squeeze(0);
        // Row c * kernel + j holds channel c shifted by j: what weight[:, c, j] meets.
        if (kernel > 1) columns = nn.functional.pad(columns, (kernel / 2, kernel / 2)).unfold(1, length, 1).reshape(-1, length);
        return layer.bias!.unsqueeze(1).addmm(weight.view(weight.size(0), -1), columns).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
