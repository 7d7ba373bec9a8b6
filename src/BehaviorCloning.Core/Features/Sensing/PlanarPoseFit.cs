namespace BehaviorCloning.Features;

/// <summary>Where a rigid body lies in the plane: a point p of its own frame is at (X, Y) + R(Angle) p.</summary>
/// <param name="X">Of the frame's origin.</param>
/// <param name="Y">Of the frame's origin.</param>
/// <param name="Angle">In radians, from the x axis towards the y axis.</param>
public readonly record struct PlanarPose(double X, double Y, double Angle);

/// <summary>A pose and how sure it is.</summary>
/// <param name="Pose">The pose.</param>
/// <param name="PositionDeviation">Standard deviation of X and of Y.</param>
/// <param name="AngleDeviation">Standard deviation of the angle in radians; infinite for a body of one point, which has none.</param>
public readonly record struct PlanarPoseEstimate(PlanarPose Pose, double PositionDeviation, double AngleDeviation);

/// <summary>The pose of a rigid body from points seen on it: weighted least squares (Procrustes in the plane), each point weighing 1 / deviation².</summary>
/// <remarks>
/// <code>
/// w = 1 / s²,  m, o: weighted means of model and seen points,  a = sum w ((p - m) . (q - o)),  b = sum w ((p - m) x (q - o))
/// angle = atan2(b, a),   (X, Y) = o - R m
/// var(angle) = 1 / sum w |p - m|²,   var(X) = var(Y) = 1 / sum w + var(angle) |m|² / 2
/// </code>
/// </remarks>
public static class PlanarPoseFit
{
    /// <summary>Fits a pose.</summary>
    /// <param name="model">x, y of each point in the body's frame.</param>
    /// <param name="seen">x, y of each where it is seen.</param>
    /// <param name="deviations">Standard deviation of each seen coordinate, positive; the larger, the less a point counts.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a deviation is not positive.</exception>
    public static PlanarPoseEstimate Fit(ReadOnlySpan<float> model, ReadOnlySpan<float> seen, ReadOnlySpan<float> deviations)
    {
        int count = deviations.Length;
        if (count == 0 || model.Length != 2 * count || seen.Length != 2 * count)
            throw new ArgumentException($"There are {model.Length} model coordinates, {seen.Length} seen ones and {deviations.Length} deviations; expected 2, 2 and 1 a point, and at least one point.", nameof(seen));
        double weight = 0, mx = 0, my = 0, ox = 0, oy = 0;
        for (int i = 0; i < count; i++)
        {
            if (!(deviations[i] > 0)) throw new ArgumentException($"The deviation of point {i} is {deviations[i]}; it must be positive.", nameof(deviations));
            double w = 1 / ((double)deviations[i] * deviations[i]);
            weight += w;
            mx += w * model[2 * i];
            my += w * model[(2 * i) + 1];
            ox += w * seen[2 * i];
            oy += w * seen[(2 * i) + 1];
        }

        (mx, my, ox, oy) = (mx / weight, my / weight, ox / weight, oy / weight);
        double along = 0, across = 0, spread = 0;
        for (int i = 0; i < count; i++)
        {
            double w = 1 / ((double)deviations[i] * deviations[i]);
            double px = model[2 * i] - mx, py = model[(2 * i) + 1] - my, qx = seen[2 * i] - ox, qy = seen[(2 * i) + 1] - oy;
            along += w * ((px * qx) + (py * qy));
            across += w * ((px * qy) - (py * qx));
            spread += w * ((px * px) + (py * py));
        }

        double angle = spread > 0 ? Math.Atan2(across, along) : 0;
        (double sin, double cos) = Math.SinCos(angle);
        var pose = new PlanarPose(ox - ((cos * mx) - (sin * my)), oy - ((sin * mx) + (cos * my)), angle);
        double ofAngle = spread > 0 ? 1 / spread : double.PositiveInfinity;
        double lever = spread > 0 ? ofAngle * ((mx * mx) + (my * my)) / 2 : 0;
        return new PlanarPoseEstimate(pose, Math.Sqrt((1 / weight) + lever), Math.Sqrt(ofAngle));
    }
}
