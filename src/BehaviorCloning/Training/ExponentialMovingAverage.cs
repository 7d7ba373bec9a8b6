using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>A moving average of flat parameters. Its counter is part of the state: without it a resumed run would copy the live weights over the average.</summary>
/// <remarks>Buffers are not averaged, so the average does not suit networks with BatchNorm; use GroupNorm.</remarks>
public sealed unsafe class ExponentialMovingAverage : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly EmaConfig config;
    private readonly FlatKernels? kernels;
    private readonly float* average, values;
    private Tensor? liveValues;

    /// <summary>Starts with the parameters as they are.</summary>
    /// <param name="parameters">What to average; borrowed.</param>
    /// <param name="config">How fast.</param>
    /// <param name="threads">CPU threads an update may use.</param>
    public ExponentialMovingAverage(FlatParameters parameters, EmaConfig config, int threads = 1)
        : this(parameters, config, threads, withOperators: false)
    {
    }

    /// <summary>For tests: on the CPU, <paramref name="withOperators"/> takes the path that GPUs take.</summary>
    internal ExponentialMovingAverage(FlatParameters parameters, EmaConfig config, int threads, bool withOperators)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(config);
        this.parameters = parameters;
        this.config = config;
        Average = parameters.Values.clone().DetachFromDisposeScope();
        if (!parameters.IsCpu || withOperators) return;
        kernels = new FlatKernels(parameters.Count, threads);
        average = FlatKernels.Pointer(Average);
        values = FlatKernels.Pointer(parameters.Values);
    }

    /// <summary>The averaged values, [Count], laid out as the parameters are.</summary>
    public Tensor Average { get; }

    /// <summary>Updates so far.</summary>
    public long Counter { get; set; }

    /// <summary>Takes the current values into the average. Call after each optimizer step.</summary>
    public void Update()
    {
        double decay = config.DecayAt(Counter++);
        if (kernels is not null)
        {
            kernels.Average(average, values, (float)decay);
            return;
        }

        using IDisposable noGrad = no_grad();
        using Scalar keep = decay, rest = 1 - decay;
        Average.mul_(keep).add_(parameters.Values, rest);
    }

    /// <summary>Puts the average into the module until disposed; then the live values return, bit for bit.</summary>
    public IDisposable UseAverage()
    {
        if (liveValues is not null) throw new InvalidOperationException("The average is in use already. Dispose the first use before the next.");
        using IDisposable noGrad = no_grad();
        liveValues = parameters.Values.clone().DetachFromDisposeScope();
        parameters.Values.copy_(Average);
        return new Use(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Average.Dispose();
        liveValues?.Dispose();
    }

    private sealed class Use(ExponentialMovingAverage owner) : IDisposable
    {
        public void Dispose()
        {
            if (owner.liveValues is null) return;
            using IDisposable noGrad = no_grad();
            owner.parameters.Values.copy_(owner.liveValues);
            owner.liveValues.Dispose();
            owner.liveValues = null;
        }
    }
}
