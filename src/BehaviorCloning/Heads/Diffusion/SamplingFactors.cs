using TorchSharp;

namespace BehaviorCloning.Heads;

/// <summary>
/// A sampler's step in terms of what the network really says. Scalars that are made once, for each costs a native call; null where zero.
/// </summary>
internal sealed class SamplingFactors
{
    public SamplingFactors(DenoisingStep step, DiffusionPrediction prediction, NoiseLevels levels)
    {
        double signal = levels.Signal(step.Level), noise = levels.Noise(step.Level);
        (double cleanOfNoisy, double cleanOfPredicted) = prediction.Action(signal, noise);
        (double noiseOfNoisy, double noiseOfPredicted) = prediction.Noise(signal, noise);
        CleanOfNoisy = cleanOfNoisy;
        CleanOfPredicted = cleanOfPredicted;
        Noisy = step.Noisy + (step.Noise * noiseOfNoisy);
        Clean = step.Clean;
        Predicted = Unless0(step.Noise * noiseOfPredicted);
        PreviousClean = Unless0(step.PreviousClean);
        Fresh = Unless0(step.Fresh);
    }

    /// <summary>action = CleanOfNoisy x + CleanOfPredicted prediction.</summary>
    public Scalar CleanOfNoisy { get; }

    /// <summary>action = CleanOfNoisy x + CleanOfPredicted prediction.</summary>
    public Scalar CleanOfPredicted { get; }

    public Scalar Noisy { get; }

    public Scalar Clean { get; }

    public Scalar? Predicted { get; }

    public Scalar? PreviousClean { get; }

    public Scalar? Fresh { get; }

    private static Scalar? Unless0(double value) => value == 0 ? null : (Scalar)value;
}
