using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public sealed class TrainerPresetsTests
{
    [Fact]
    public void Presets_are_sound()
    {
        TrainerPresets.DiffusionPolicy.Problems().Should().BeEmpty();
        TrainerPresets.DiffusionTransformer.Problems().Should().BeEmpty();
        TrainerPresets.Kinetix.Problems().Should().BeEmpty();
    }
}
