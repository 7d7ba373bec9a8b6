using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Engine;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) on flat parameters, with PyTorch's arithmetic, gradient clipping included.
/// </summary>
/// <remarks>
/// <code>
/// g = gradient * GradientScale * min(1, MaximumNorm / (norm + 1e-6))          // clip_grad_norm_
/// p = p * (1 - lr * weight decay)                                             // decoupled, also where g = 0
/// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
/// p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
/// </code>
/// A parameter that received no gradient counts as one with gradient zero: its moments fade and it is decayed. PyTorch skips such a
/// parameter instead; the two differ only for parameters that a loss reaches at some steps and not at others.
/// </remarks>
public sealed unsafe class FlatAdamW : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly AdamWRange[] ranges;
    private readonly FlatKernels? kernels;
    private readonly Tensor? scratch;
    private readonly float* values, gradients, first, second;
    private readonly double beta1, beta2, epsilon;
    private double lastNorm;
    private Tensor? normOnDevice;

    /// <summary>Prepares the moments of flat parameters, zero at first.</summary>
    /// <param name="parameters">What to optimize; borrowed.</param>
    /// <param name="beta1">Decay of the mean gradient.</param>
    /// <param name="beta2">Decay of the mean squared gradient.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    /// <param name="weightDecay">Of the groups that decay.</param>
    /// <param name="threads">CPU threads a step may use.</param>
    public FlatAdamW(FlatParameters parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01, int threads = 1)
        : this(parameters, beta1, beta2, epsilon, weightDecay, threads, withOperators: false)
    {
    }

    /// <summary>For tests: on the CPU, <paramref name="withOperators"/> takes the path that GPUs take.</summary>
    internal FlatAdamW(FlatParameters parameters, double beta1, double beta2, double epsilon, double weightDecay, int threads, bool withOperators)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        this.parameters = parameters;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        ranges = [.. parameters.Groups.Select(group => new AdamWRange(parameters.Extent(group).Start, parameters.Extent(group).Length, group.LearningRateScale, group.Decay ? weightDecay : 0))];
        FirstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        if (parameters.IsCpu && !withOperators)
        {
            kernels = new FlatKernels(parameters.Count, threads);
            values = FlatKernels.Pointer(parameters.Values);
            gradients = FlatKernels.Pointer(parameters.Gradients);
            first = FlatKernels.Pointer(FirstMoment);
            second = FlatKernels.Pointer(SecondMoment);
        }
        else
        {
            scratch = empty_like(parameters.Values).DetachFromDisposeScope();
        }
    }

    /// <summary>m, [Count].</summary>
    public Tensor FirstMoment { get; }

    /// <summary>v, [Count].</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Steps taken so far; part of the state, for the bias correction.</summary>
    public long StepCount { get; set; }

    /// <summary>Takes a step and consumes the gradients: they are zero afterwards, ready for the next backward pass.</summary>
    /// <param name="learningRate">Of groups whose scale is 1.</param>
    /// <param name="maximumNorm">The gradient's norm is cut to this; null or infinity: never.</param>
    /// <param name="gradientScale">Multiplies the gradient first: 1 / n after n accumulated backward passes.</param>
    /// <returns>
    /// The gradient's norm before clipping. On the CPU a norm that is not finite is returned without having changed anything but the gradients.
    /// On a GPU it is NaN, for reading it would stall the device; ask <see cref="ReadGradientNorm"/> when it is worth the wait.
    /// </returns>
    public double Step(double learningRate, double? maximumNorm = null, double gradientScale = 1)
    {
        if (kernels is null) return StepWithOperators(learningRate, maximumNorm, gradientScale);
        double norm = Math.Sqrt(kernels.SumOfSquares(gradients)) * gradientScale;
        lastNorm = norm;
        if (!double.IsFinite(norm))
        {
            parameters.ZeroGradients();
            return norm;
        }

        StepCount++;
        double clip = maximumNorm is { } maximum ? Math.Min(1, maximum / (norm + 1e-6)) : 1;
        kernels.AdamW(values, gradients, first, second, ranges, Numbers(learningRate, gradientScale * clip));
        return norm;
    }

    /// <summary>The norm of the gradient of the last step, before clipping. Waits for a GPU.</summary>
    public double ReadGradientNorm() => normOnDevice?.ToDouble() ?? lastNorm;

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
        scratch?.Dispose();
        normOnDevice?.Dispose();
    }

    private AdamWStep Numbers(double learningRate, double scale) =>
        new(learningRate, beta1, beta2, epsilon, 1 - Math.Pow(beta1, StepCount), 1 - Math.Pow(beta2, StepCount), scale);

    // The same step as whole-buffer operators, for devices. Scalars stay on the device: nothing waits.
    private double StepWithOperators(double learningRate, double? maximumNorm, double gradientScale)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        StepCount++;
        AdamWStep step = Numbers(learningRate, gradientScale);
        Tensor g = parameters.Gradients;
        if (gradientScale != 1) Apply(gradientScale, scalar => g.mul_(scalar));
        Tensor norm = g.norm();
        if (maximumNorm is { } maximum)
        {
            using Scalar margin = 1e-6, one = 1.0, limit = maximum;
            g.mul_(norm.add(margin).reciprocal().mul(limit).clamp_max(one));
        }

        normOnDevice?.Dispose();
        normOnDevice = norm.DetachFromDisposeScope();
        using (Scalar b1 = beta1, rest1 = 1 - beta1, b2 = beta2, rest2 = 1 - beta2, root = Math.Sqrt(step.SecondCorrection), small = epsilon)
        {
            FirstMoment.mul_(b1).add_(g, rest1);
            SecondMoment.mul_(b2).addcmul_(g, g, rest2);
            scratch!.copy_(SecondMoment).sqrt_().div_(root).add_(small);
        }

        foreach (AdamWRange range in ranges)
        {
            double rate = learningRate * range.LearningRateScale;
            Tensor p = parameters.Values.narrow(0, range.Start, range.Length);
            if (range.WeightDecay != 0) Apply(1 - (rate * range.WeightDecay), scalar => p.mul_(scalar));
            using Scalar size = -rate / step.FirstCorrection;
            p.addcdiv_(FirstMoment.narrow(0, range.Start, range.Length), scratch.narrow(0, range.Start, range.Length), size);
        }

        g.zero_();
        return double.NaN;
    }

    private static void Apply(double value, Action<Scalar> use)
    {
        using Scalar scalar = value;
        use(scalar);
    }
}
