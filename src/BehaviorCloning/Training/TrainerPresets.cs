namespace BehaviorCloning.Training;

/// <summary>How published policies were trained. Each is an ordinary configuration: change it with <c>with</c>.</summary>
public static class TrainerPresets
{
    /// <summary>
    /// ACT's (LeRobot's numbers, which are the original's with a clip): AdamW at a constant 1e-5, also for the images' network, batches of 8,
    /// 100,000 steps, no average.
    /// </summary>
    public static TrainerConfig Act => new()
    {
        Steps = 100_000, BatchSize = 8, LearningRate = 1e-5, WeightDecay = 1e-4, WarmupSteps = 0, FinalLearningRateFraction = 1, MaximumGradientNorm = 10,
        Ema = new NoEmaConfig(),
    };

    /// <summary>
    /// Diffusion Policy's from images: AdamW at 1e-4 (0.95, 0.999), cosine to zero after 500 steps of warm-up, batches of 64 for 3,050
    /// passes, the power average, no clip.
    /// </summary>
    public static TrainerConfig DiffusionPolicyImage => new()
    {
        Epochs = 3050, BatchSize = 64, LearningRate = 1e-4, Beta1 = 0.95, Beta2 = 0.999, WeightDecay = 1e-6, WarmupSteps = 500, FinalLearningRateFraction = 0,
        MaximumGradientNorm = 0, Ema = new PowerEmaConfig(),
    };
}
