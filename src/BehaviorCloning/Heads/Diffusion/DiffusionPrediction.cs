namespace BehaviorCloning.Heads;

/// <summary>What a diffusion network predicts at step k, where it sees <c>x = s action + n noise</c> with <c>s^2 + n^2 = 1</c>.</summary>
public enum DiffusionPrediction
{
    /// <summary>The noise, as in DDPM and Diffusion Policy. At high noise a small error is a large error of the action.</summary>
    Epsilon,

    /// <summary>The action chunk itself.</summary>
    Sample,

    /// <summary><c>s noise - n action</c> (Salimans and Ho, arXiv 2202.00512): neither end is ill-conditioned, so few steps suffice.</summary>
    Velocity,
}

/// <summary>A prediction, an action chunk and its noise are linear in each other; here are the factors.</summary>
internal static class DiffusionPredictions
{
    /// <summary>What is to be predicted: factors of the action and of the noise.</summary>
    public static (double Action, double Noise) Target(this DiffusionPrediction prediction, double signal, double noise) => prediction switch
    {
        DiffusionPrediction.Epsilon => (0, 1),
        DiffusionPrediction.Sample => (1, 0),
        _ => (-noise, signal),
    };

    /// <summary>The action chunk that a prediction stands for: factors of the noisy chunk and of the prediction.</summary>
    public static (double Noisy, double Predicted) Action(this DiffusionPrediction prediction, double signal, double noise) => prediction switch
    {
        DiffusionPrediction.Epsilon => (1 / signal, -noise / signal),
        DiffusionPrediction.Sample => (0, 1),
        _ => (signal, -noise),
    };

    /// <summary>The noise that a prediction stands for: factors of the noisy chunk and of the prediction.</summary>
    public static (double Noisy, double Predicted) Noise(this DiffusionPrediction prediction, double signal, double noise) => prediction switch
    {
        DiffusionPrediction.Epsilon => (0, 1),
        DiffusionPrediction.Sample => (1 / noise, -signal / noise),
        _ => (noise, signal),
    };
}
