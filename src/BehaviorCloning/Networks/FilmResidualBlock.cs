using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BehaviorCloning.Networks;

/// <summary>
/// Two convolutions over time with a residual path; between them each channel is scaled and shifted from outside (FiLM, arXiv 1709.07871):
/// <c>y = C2(scale C1(x) + shift) + residual(x)</c>. It is <c>scale h</c>, not <c>(1 + scale) h</c>, as in Diffusion Policy.
/// </summary>
public sealed class FilmResidualBlock : nn.Module
{
    private static readonly Scalar One = 1f;
    private readonly ConvolutionBlock first;
    private readonly ConvolutionBlock second;
    private readonly Conv1d? residual;

    /// <summary>Builds a block.</summary>
    /// <param name="inputChannels">Channels that come in.</param>
    /// <param name="outputChannels">Channels that go out.</param>
    /// <param name="kernelSize">Steps that a convolution sees, odd.</param>
    /// <param name="groups">Groups of channels that are normalized together.</param>
    public FilmResidualBlock(int inputChannels, int outputChannels, int kernelSize, int groups)
        : base(nameof(FilmResidualBlock))
    {
        OutputChannels = outputChannels;
        first = new ConvolutionBlock(inputChannels, outputChannels, kernelSize, groups);
        second = new ConvolutionBlock(outputChannels, outputChannels, kernelSize, groups);
        if (inputChannels != outputChannels) residual = nn.Conv1d(inputChannels, outputChannels, 1L);
        RegisterComponents();
    }

    /// <summary>Channels that go out: what a modulation has to be made for.</summary>
    public int OutputChannels { get; }

    /// <summary>One block.</summary>
    /// <param name="x">[B, input channels, T].</param>
    /// <param name="scale">[B, output channels, 1], or null for a shift alone.</param>
    /// <param name="shift">[B, output channels, 1].</param>
    /// <returns>[B, output channels, T].</returns>
    public Tensor Forward(Tensor x, Tensor? scale, Tensor shift)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = first.forward(x);
        h = scale is null ? h.add(shift) : shift.addcmul(h, scale, One);
        return second.forward(h).add(residual is null ? x : residual.forward(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>Convolution over time, group normalization, Mish.</summary>
public sealed class ConvolutionBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv1d convolution;
    private readonly GroupNorm norm;

    /// <summary>Builds a block that keeps the length.</summary>
    public ConvolutionBlock(int inputChannels, int outputChannels, int kernelSize, int groups)
        : base(nameof(ConvolutionBlock))
    {
        convolution = nn.Conv1d(inputChannels, outputChannels, (long)kernelSize, padding: kernelSize / 2);
        norm = nn.GroupNorm(groups, outputChannels);
        RegisterComponents();
    }

    /// <summary>[B, input channels, T] to [B, output channels, T].</summary>
    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = convolution.forward(input);
        Tensor normalized = norm.forward(convolved);
        if (!is_grad_enabled()) return nn.functional.mish(normalized, inplace: true);
        using (normalized) return nn.functional.mish(normalized);
    }
}
