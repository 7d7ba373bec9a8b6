namespace BehaviorCloning.Training;

/// <summary>How the policies of <see cref="Policies.Presets"/> were trained where they were published. Days on a CPU: shorten with <c>with</c>.</summary>
/// <remarks>
/// Published code starts the warm-up with a step of learning rate 0; see <see cref="LearningRateSchedule"/>. Embeddings of position
/// decay here as weights do; Diffusion Policy leaves them out.
/// </remarks>
public static class TrainerPresets
{
    /// <summary>Diffusion Policy's U-Net, states: AdamW 1e-4, betas .95 and .999, cosine after 500 steps, batches of 256, EMA of power 0.75, no clipping.</summary>
    public static TrainerConfig DiffusionPolicy { get; } = new()
    {
        Epochs = 5000,
        BatchSize = 256,
        LearningRate = 1e-4,
        Beta1 = 0.95,
        Beta2 = 0.999,
        WeightDecay = 1e-6,
        WarmupSteps = 500,
        FinalLearningRateFraction = 0,
        MaximumGradientNorm = 0,
        Ema = new PowerEmaConfig(),
    };

    /// <summary>Diffusion Policy's transformer on Push-T: betas .9 and .95, weight decay 0.1 on matrices, 1000 steps of warm-up, 8000 passes.</summary>
    public static TrainerConfig DiffusionTransformer { get; } = DiffusionPolicy with
    {
        Epochs = 8000,
        Beta1 = 0.9,
        Beta2 = 0.95,
        WeightDecay = 0.1,
        DecayMatricesOnly = true,
        WarmupSteps = 1000,
    };

    /// <summary>The U-Net from images: as from states, in batches of 64 for 3,050 passes.</summary>
    public static TrainerConfig DiffusionPolicyImage { get; } = DiffusionPolicy with { Epochs = 3050, BatchSize = 64 };

    /// <summary>
    /// ACT's (LeRobot's numbers, which are the original's with a clip): AdamW at a constant 1e-5, also for the images' network, batches of 8,
    /// 100,000 steps, no average.
    /// </summary>
    public static TrainerConfig Act { get; } = new()
    {
        Steps = 100_000,
        BatchSize = 8,
        LearningRate = 1e-5,
        WeightDecay = 1e-4,
        WarmupSteps = 0,
        FinalLearningRateFraction = 1,
        MaximumGradientNorm = 10,
        Ema = new NoEmaConfig(),
    };

    /// <summary>The flow policy of the Kinetix benchmark: AdamW 3e-4, weight decay 0.01, 1000 steps of warm-up and then constant, gradient norm 10, no EMA.</summary>
    public static TrainerConfig Kinetix { get; } = new()
    {
        Epochs = 32,
        BatchSize = 512,
        LearningRate = 3e-4,
        WeightDecay = 1e-2,
        WarmupSteps = 1000,
        FinalLearningRateFraction = 1,
        MaximumGradientNorm = 10,
        Ema = new NoEmaConfig(),
    };
}
