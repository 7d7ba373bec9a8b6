using System.Globalization;
using System.Net;
using System.Text;

namespace BehaviorCloning.Evaluation;

/// <summary>
/// Draws an episode as one SVG image that moves by itself (SMIL animation, no script), for a README or a page. A viewer that does
/// not animate shows the end of the episode.
/// </summary>
public static class RolloutSvg
{
    /// <summary>Draws a trajectory.</summary>
    /// <param name="drawing">How this world looks.</param>
    /// <param name="trajectory">What happened.</param>
    /// <param name="speed">1 = as fast as it went, 2 = twice as fast.</param>
    /// <param name="background">Color behind everything in CSS notation, or null for see-through.</param>
    /// <exception cref="ArgumentException">The drawing gives not one finite pose a moving shape.</exception>
    public static string Draw(RolloutDrawing drawing, RolloutTrajectory trajectory, double speed = 1, string? background = null)
    {
        ArgumentNullException.ThrowIfNull(drawing);
        ArgumentNullException.ThrowIfNull(trajectory);
        if (!(speed > 0)) throw new ArgumentOutOfRangeException(nameof(speed), speed, "Speed must be positive.");
        IReadOnlyList<ShapePose>[] frames = Frames(drawing, trajectory);
        int decimals = Decimals(drawing);
        double seconds = Math.Max(frames.Length - 1, 1) / trajectory.ControlRateHz / speed;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Number(drawing.Width, decimals)} {Number(drawing.Height, decimals)}\" data-seconds=\"{Number(seconds, 3)}\">");
        if (background is not null)
            svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"100%\" height=\"100%\" fill=\"{Escape(background)}\"/>");
        foreach (DrawnShape shape in drawing.Fixed) svg.Append(Element(shape, decimals));
        for (int i = 0; i < drawing.Moving.Count; i++)
        {
            ShapePose[] poses = Unwrapped([.. frames.Select(frame => frame[i])]);
            if (drawing.Moving[i].Trail is { } color) AppendTrail(svg, color, poses, seconds, decimals);
            AppendMoving(svg, drawing.Moving[i], poses, seconds, decimals);
        }

        return svg.Append("</svg>").ToString();
    }

    private static IReadOnlyList<ShapePose>[] Frames(RolloutDrawing drawing, RolloutTrajectory trajectory)
    {
        var frames = new IReadOnlyList<ShapePose>[trajectory.Observations.Count];
        for (int t = 0; t < frames.Length; t++)
        {
            float[] action = trajectory.Actions.Count == 0 ? [] : trajectory.Actions[Math.Min(t, trajectory.Actions.Count - 1)];
            frames[t] = drawing.Poses(trajectory.Observations[t], action);
            if (frames[t].Count != drawing.Moving.Count)
                throw new ArgumentException($"The drawing has {drawing.Moving.Count} moving shapes but gave {frames[t].Count} poses at step {t}.", nameof(drawing));
            if (frames[t].Any(pose => !double.IsFinite(pose.X + pose.Y + pose.Angle)))
                throw new ArgumentException($"The drawing gave a pose that is not finite at step {t}.", nameof(drawing));
        }

        return frames;
    }

    // Between 359 and 1 degrees lie 2 degrees, not 358: an animation interpolates numbers.
    private static ShapePose[] Unwrapped(ShapePose[] poses)
    {
        for (int t = 1; t < poses.Length; t++)
        {
            double turn = Math.IEEERemainder(poses[t].Angle - poses[t - 1].Angle, 2 * Math.PI);
            poses[t] = poses[t] with { Angle = poses[t - 1].Angle + turn };
        }

        return poses;
    }

    private static void AppendMoving(StringBuilder svg, DrawnShape shape, ShapePose[] poses, double seconds, int decimals)
    {
        bool turns = poses.Any(pose => pose.Angle != 0);
        ShapePose last = poses[^1];
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Number(last.X, decimals)} {Number(last.Y, decimals)})");
        if (turns) svg.Append(CultureInfo.InvariantCulture, $" rotate({Degrees(last)})");
        svg.Append("\">").Append(Element(shape, decimals));
        AppendAnimation(svg, "animateTransform", "transform\" type=\"translate", seconds, poses.Select(pose => $"{Number(pose.X, decimals)} {Number(pose.Y, decimals)}"));
        if (turns) AppendAnimation(svg, "animateTransform", "transform\" type=\"rotate\" additive=\"sum", seconds, poses.Select(Degrees));
        svg.Append("</g>");
    }

    // The path is one dash as long as itself; moving the dash back by what is still to come shows what has been.
    private static void AppendTrail(StringBuilder svg, string color, ShapePose[] poses, double seconds, int decimals)
    {
        double[] travelled = new double[poses.Length];
        for (int t = 1; t < poses.Length; t++)
            travelled[t] = travelled[t - 1] + Math.Sqrt(Square(poses[t].X - poses[t - 1].X) + Square(poses[t].Y - poses[t - 1].Y));
        if (travelled[^1] <= 0) return;
        string points = string.Join(' ', poses.Select(pose => $"{Number(pose.X, decimals)},{Number(pose.Y, decimals)}"));
        string dash = Number(travelled[^1], decimals);
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Escape(color)}\" stroke-width=\"2\" vector-effect=\"non-scaling-stroke\" stroke-linejoin=\"round\" pathLength=\"{dash}\" stroke-dasharray=\"{dash}\">");
        AppendAnimation(svg, "animate", "stroke-dashoffset", seconds, travelled.Select(length => Number(travelled[^1] - length, decimals)));
        svg.Append("</polyline>");
    }

    private static void AppendAnimation(StringBuilder svg, string element, string attribute, double seconds, IEnumerable<string> values) =>
        svg.Append(CultureInfo.InvariantCulture, $"<{element} attributeName=\"{attribute}\" dur=\"{Number(seconds, 3)}s\" repeatCount=\"indefinite\" values=\"{string.Join(';', values)}\"/>");

    private static string Element(DrawnShape shape, int decimals)
    {
        string Points(IReadOnlyList<(double X, double Y)> points) => string.Join(' ', points.Select(p => $"{Number(p.X, decimals)},{Number(p.Y, decimals)}"));
        string geometry = shape switch
        {
            DrawnPolygon polygon => $"<polygon points=\"{Points(polygon.Points)}\"",
            DrawnLine line => $"<polyline stroke-linecap=\"round\" points=\"{Points(line.Points)}\"",
            DrawnCircle circle => $"<circle cx=\"{Number(circle.X, decimals)}\" cy=\"{Number(circle.Y, decimals)}\" r=\"{Number(circle.Radius, decimals)}\"",
            _ => throw new ArgumentException($"A {shape.GetType().Name} cannot be drawn; there are polygons, lines and circles.", nameof(shape)),
        };
        string stroke = shape.Stroke == "none" ? "" : $" stroke=\"{Escape(shape.Stroke)}\" stroke-width=\"{Number(shape.StrokeWidth, decimals)}\" stroke-linejoin=\"round\"";
        string opacity = shape.Opacity >= 1 ? "" : $" opacity=\"{Number(shape.Opacity, 2)}\"";
        return $"{geometry} fill=\"{Escape(shape.Fill)}\"{stroke}{opacity}/>";
    }

    // A two-thousandth of the width is below what a screen shows.
    private static int Decimals(RolloutDrawing drawing) =>
        drawing.Width > 0 && drawing.Height > 0
            ? Math.Clamp((int)Math.Ceiling(Math.Log10(2000 / Math.Min(drawing.Width, drawing.Height))), 0, 6)
            : throw new ArgumentException($"The drawing is {drawing.Width} by {drawing.Height}; both must be positive.", nameof(drawing));

    private static double Square(double value) => value * value;

    private static string Degrees(ShapePose pose) => Number(pose.Angle * 180 / Math.PI, 1);

    private static string Number(double value, int decimals) => Math.Round(value, decimals).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
