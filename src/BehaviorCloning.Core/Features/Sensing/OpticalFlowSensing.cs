namespace BehaviorCloning.Features;

/// <summary>
/// The motion in a camera's image since the step before: the mean flow in each cell of a grid, [rows, columns, 2] in pixels a step. Zero at the first step of an
/// episode, before which the first frame is taken to have stood still.
/// </summary>
public sealed class OpticalFlowSensing : ISensingModule
{
    private readonly FeatureSpec camera;
    private readonly OpticalFlow flow;
    private readonly int rows;
    private readonly int columns;

    /// <summary>Makes a module.</summary>
    /// <param name="camera">The image feature.</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <param name="options">How the flow is estimated.</param>
    /// <exception cref="ArgumentException">The feature is no camera, or the grid finer than it.</exception>
    public OpticalFlowSensing(FeatureSpec camera, int rows = 12, int columns = 12, OpticalFlowOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(camera);
        if (CameraFrame.FaultOf(camera) is { } fault) throw new ArgumentException(fault, nameof(camera));
        if (rows < 1 || columns < 1 || rows > camera.Shape[0] || columns > camera.Shape[1])
            throw new ArgumentException($"A grid of {rows} x {columns} does not fit '{camera}': at least one cell, and no more than pixels.", nameof(rows));
        this.camera = camera;
        this.rows = rows;
        this.columns = columns;
        flow = new OpticalFlow(options);
        Inputs = new ObservationSpec(camera);
        Outputs = new ObservationSpec(new FeatureSpec($"{camera.Name}_flow", rows, columns, 2));
    }

    /// <inheritdoc/>
    public ObservationSpec Inputs { get; }

    /// <inheritdoc/>
    public ObservationSpec Outputs { get; }

    /// <inheritdoc/>
    public ISensingEpisode Begin() => new Memory(this);

    private sealed class Memory(OpticalFlowSensing module) : ISensingEpisode
    {
        private GrayImage? previous;

        public IReadOnlyList<float[]> Sense(IReadOnlyList<Observation> steps)
        {
            int size = module.Outputs[0].Size;
            float[] motion = new float[steps.Count * size];
            for (int step = 0; step < steps.Count; step++)
            {
                GrayImage now = CameraFrame.Of(module.camera, steps[step].Images[module.camera.Name]).ToGray();
                if (previous is not null) module.flow.Estimate(previous, now).CellMeans(module.rows, module.columns, motion.AsSpan(step * size, size));
                previous = now;
            }

            return [motion];
        }
    }
}
