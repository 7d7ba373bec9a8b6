namespace BehaviorCloning.Heads;

/// <summary>
/// How noise becomes an action chunk. Every sampler here is a list of linear steps: what it does at step k depends on the noise levels
/// only, so it is plain numbers, and one loop in <see cref="DiffusionHead"/> carries out all of them.
/// </summary>
public abstract record DiffusionSampler
{
    /// <summary>The steps from noise to action, in order.</summary>
    public abstract IReadOnlyList<DenoisingStep> Plan(NoiseLevels levels);

    /// <summary>Every fault of these options for a schedule of that many training steps, none if they are sound.</summary>
    public abstract IEnumerable<string> Problems(int trainingSteps);

    /// <summary>What every sampler asks of its number of steps.</summary>
    private protected IEnumerable<string> ProblemsOf(int steps, int most)
    {
        if (steps < 1) yield return $"{GetType().Name}.Steps {steps} must be at least 1.";
        else if (steps > most) yield return $"{GetType().Name}.Steps {steps} is more than the {most} that the noise schedule has to offer. Use at most {most}, or train with more steps.";
    }
}

/// <summary>
/// One step of a sampler: <c>next = Noisy x + Clean action + Noise noise + PreviousClean previous action + Fresh z</c>, where x is the
/// noisy chunk, action and noise what the network's prediction at x stands for, and z new normal noise.
/// </summary>
/// <param name="Level">The diffusion step k at which the network is asked.</param>
public readonly record struct DenoisingStep(int Level)
{
    /// <summary>Factor of the noisy chunk.</summary>
    public double Noisy { get; init; }

    /// <summary>Factor of the predicted action chunk, clipped.</summary>
    public double Clean { get; init; }

    /// <summary>Factor of the predicted noise, not clipped.</summary>
    public double Noise { get; init; }

    /// <summary>Factor of the action chunk that was predicted one step earlier.</summary>
    public double PreviousClean { get; init; }

    /// <summary>Factor of new noise.</summary>
    public double Fresh { get; init; }
}
