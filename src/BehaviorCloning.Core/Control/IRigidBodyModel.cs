namespace BehaviorCloning.Control;

/// <summary>
/// The dynamics of a robot in the form that is linear in its physical parameters (inertias, moments, friction):
/// <code>M(q) a + C(q, q̇) v + g(q) + friction(q̇) = Y(q, q̇, v, a) θ</code>
/// Every manipulator of rigid links can be written so (Atkeson, An and Hollerbach 1986). C must be the matrix of Christoffel symbols, for
/// which <c>Ṁ - 2 C</c> is skew: adaptive control's proof rests on it. Implementations must not allocate.
/// </summary>
public interface IRigidBodyModel
{
    /// <summary>n: joints.</summary>
    int Joints { get; }

    /// <summary>p: physical parameters.</summary>
    int ParameterCount { get; }

    /// <summary>Computes Y.</summary>
    /// <param name="joints">q, n values, rad.</param>
    /// <param name="velocities">q̇, n values, rad/s.</param>
    /// <param name="referenceVelocities">v, n values, rad/s; q̇ itself for inverse dynamics.</param>
    /// <param name="referenceAccelerations">a, n values, rad/s².</param>
    /// <param name="regressor">Receives Y, row-major [n, p]; N m for each unit of a parameter.</param>
    void Regressor(
        ReadOnlySpan<double> joints, ReadOnlySpan<double> velocities, ReadOnlySpan<double> referenceVelocities, ReadOnlySpan<double> referenceAccelerations, Span<double> regressor);
}
