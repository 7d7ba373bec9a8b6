using System.Buffers;
using BehaviorCloning;
using BehaviorCloning.Simulation;

namespace Seeing;

/// <summary>Push-T with small frames, which are rendered only if somebody looks at them: a policy that executes eight actions looks at two of eight.</summary>
/// <param name="colors">The colors they are rendered in.</param>
/// <param name="stepLimit">Control steps of an episode.</param>
internal sealed class PixelEnvironment(PushTColors colors, int stepLimit) : IEnvironment
{
    private readonly PushTEnvironment world = new(new PushTOptions { StepLimit = stepLimit });
    private readonly PushTRenderer renderer = new(PushTPose.DefaultGoal, colors);

    public ObservationSpec Observations => SmallFrame.In(world.Observations);

    public ActionSpec Actions => world.Actions;

    public double ControlRateHz => world.ControlRateHz;

    public int StepLimit => world.StepLimit;

    public Observation Reset(long seed) => WithFrame(world.Reset(seed));

    public StepResult Step(ReadOnlySpan<float> action)
    {
        StepResult result = world.Step(action);
        return result with { Observation = WithFrame(result.Observation) };
    }

    public void Dispose() => world.Dispose();

    private Observation WithFrame(Observation seen) => new(world.Observations.Select(feature => KeyValuePair.Create(feature.Name, seen[feature.Name])))
    {
        Images = new Dictionary<string, ReadOnlyMemory<byte>> { [PushTEnvironment.Image] = new Frame(renderer, world.State).Memory },
    };

    private sealed class Frame(PushTRenderer renderer, PushTState state) : MemoryManager<byte>
    {
        private byte[]? rendered;

        public override Memory<byte> Memory => CreateMemory(SmallFrame.Bytes);

        public override Span<byte> GetSpan() => rendered ??= SmallFrame.Of(renderer.Render(state));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("A frame that is not rendered yet cannot be pinned.");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
