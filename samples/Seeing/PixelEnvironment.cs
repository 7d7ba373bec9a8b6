using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Push-T with small frames.</summary>
internal sealed class PixelEnvironment(PushTOptions options) : IEnvironment
{
    private readonly PushTEnvironment world = new(options);

    public ObservationSpec Observations { get; } = SmallFrame.In(new ObservationSpec(
        new FeatureSpec(PushTEnvironment.AgentPosition, 2), new FeatureSpec(PushTEnvironment.BlockPosition, 2), new FeatureSpec(PushTEnvironment.BlockAngle, 1)));

    public ActionSpec Actions => world.Actions;

    public double ControlRateHz => world.ControlRateHz;

    public int StepLimit => world.StepLimit;

    public Observation Reset(long seed) => Small(world.Reset(seed));

    public StepResult Step(ReadOnlySpan<float> action)
    {
        StepResult result = world.Step(action);
        return result with { Observation = Small(result.Observation) };
    }

    public void Dispose() => world.Dispose();

    private static Observation Small(Observation seen)
    {
        byte[] half = new byte[SmallFrame.Bytes];
        SmallFrame.Halve(seen.Images[PushTEnvironment.Image].Span, half);
        return new Observation
        {
            [PushTEnvironment.AgentPosition] = seen[PushTEnvironment.AgentPosition],
            [PushTEnvironment.BlockPosition] = seen[PushTEnvironment.BlockPosition],
            [PushTEnvironment.BlockAngle] = seen[PushTEnvironment.BlockAngle],
            Images = new Dictionary<string, ReadOnlyMemory<byte>> { [PushTEnvironment.Image] = half },
        };
    }
}
