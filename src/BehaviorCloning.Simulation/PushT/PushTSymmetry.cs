using BehaviorCloning.Datasets;

namespace BehaviorCloning.Simulation;

/// <summary>The symmetry of Push-T with its default goal.</summary>
public static class PushTSymmetry
{
    /// <summary>
    /// The goal's own axis: (x, y) -> (512 - y, 512 - x), angle -> pi/2 - angle. The T is its own mirror image, so a mirrored
    /// demonstration is a demonstration. The walls lie one pixel off the mirrored ones, which matters to nobody. Frames are mirrored too: the axis
    /// is the window's diagonal.
    /// </summary>
    public static PlanarMirror Mirror { get; } = MirrorFor(PushTPose.DefaultGoal) with
    {
        Frames = new Dictionary<string, FrameMirror> { [PushTEnvironment.Image] = FrameMirror.AntiDiagonal },
    };

    /// <summary>The mirror whose axis is that of a goal, for episodes without frames. It is a symmetry of the window only if the axis runs through its middle along a diagonal or a side.</summary>
    public static PlanarMirror MirrorFor(PushTPose goal) => new()
    {
        Center = (goal.X, goal.Y),

        // The T's axis is its y axis, a quarter turn on from its x axis: once for the line, twice for the body.
        Direction = goal.Angle + (Math.PI / 2),
        BodyOffset = Math.PI,
        Features = new Dictionary<string, PlanarQuantity>
        {
            [PushTEnvironment.AgentPosition] = PlanarQuantity.Point,
            [PushTEnvironment.BlockPosition] = PlanarQuantity.Point,
            [PushTEnvironment.BlockAngle] = PlanarQuantity.Angle,
        },
        Actions = PlanarQuantity.Point,
    };
}
