using BehaviorCloning.Policies;
using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class TrainerConfigTests
{
    [Fact]
    public void Defaults_are_sound() => new TrainerConfig().Problems().Should().BeEmpty();

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        var config = new TrainerConfig { BatchSize = 0, LearningRate = double.NaN, WarmupSteps = 20_000, Patience = 0, MaximumGradientNorm = -1, Ema = new WarmupEmaConfig { Maximum = 2 } };
        config.Invoking(c => c.Require()).Should().Throw<ArgumentException>()
            .WithMessage("*6 fault(s)*Batch size 0*Learning rate NaN*Warm-up takes 20000 of 15000*Maximum gradient norm -1*Patience 0*EMA maximum decay 2*");
    }

    [Fact]
    public void Epochs_become_steps_by_windows_batch_and_accumulation()
    {
        new TrainerConfig { Epochs = 3, BatchSize = 10, Accumulation = 2 }.TotalSteps(100).Should().Be(15);
        new TrainerConfig { Epochs = 0.5, BatchSize = 64 }.TotalSteps(100).Should().Be(1);
        new TrainerConfig { Steps = 7 }.TotalSteps(100).Should().Be(7);
    }

    [Fact]
    public void It_survives_json_with_every_option_changed()
    {
        var config = new TrainerConfig
        {
            Steps = 5, Epochs = 2, BatchSize = 8, Accumulation = 2, LearningRate = 0.25, Beta1 = 0.5, Beta2 = 0.75, Epsilon = 1e-6, WeightDecay = 0.125,
            DecayMatricesOnly = true, EncoderLearningRateScale = 0.5, WarmupSteps = 1, FinalLearningRateFraction = 1, MaximumGradientNorm = 0,
            Ema = new PowerEmaConfig { Power = 0.5 }, ValidationInterval = 3, ValidationWindows = 9, Patience = 4, CheckpointInterval = 6, KeepBest = 0,
            KeepNewest = 2, LogInterval = 1, PrefetchDepth = 1, Seed = 9,
        };
        ConfigJson.Read<TrainerConfig>(ConfigJson.Write(config)).Should().Be(config);
        ConfigJson.Read<TrainerConfig>("{}").Should().Be(new TrainerConfig());
        FluentActions.Invoking(() => ConfigJson.Read<TrainerConfig>("""{ "learningrate": 1 }""")).Should().Throw<FormatException>().WithMessage("*learningrate*");
    }
}
