namespace BehaviorCloning.Control;

/// <summary>Where a robot's tool is, as a function of its joints. Implementations must not allocate.</summary>
public interface IManipulatorKinematics
{
    /// <summary>n: joints.</summary>
    int Joints { get; }

    /// <summary>m: coordinates of the tool, as many as the task needs: 2 in a plane, 3 for a point, 6 with a rotation.</summary>
    int TaskDimension { get; }

    /// <summary>The tool's coordinates.</summary>
    /// <param name="joints">q, n values in rad (or m).</param>
    /// <param name="point">Receives m values, m (or rad).</param>
    void Position(ReadOnlySpan<double> joints, Span<double> point);

    /// <summary>How the tool's coordinates change with the joints.</summary>
    /// <param name="joints">q, n values.</param>
    /// <param name="jacobian">Receives J, row-major [m, n].</param>
    void Jacobian(ReadOnlySpan<double> joints, Span<double> jacobian);
}
