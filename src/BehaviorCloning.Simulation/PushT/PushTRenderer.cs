using System.Globalization;
using System.Text;

namespace BehaviorCloning.Simulation;

/// <summary>
/// Draws the Push-T window: as the benchmark's 96 x 96 image (drawn at 512 x 512, then scaled down bilinearly), and as SVG.
/// One instance belongs to one thread at a time, since it reuses its canvas.
/// </summary>
/// <param name="goal">Where the goal is drawn.</param>
/// <param name="colors">In which colors images are drawn; null for the benchmark's. An SVG always has the benchmark's.</param>
public sealed class PushTRenderer(PushTPose goal, PushTColors? colors = null)
{
    /// <summary>Height and width of the image.</summary>
    public const int ImageSize = 96;

    private const int WindowSize = 512;
    private const int CapRadius = 2;

    // Three bytes an ink.
    private readonly byte[] palette = (colors ?? new PushTColors()).Palette();
    private readonly IndexedCanvas canvas = new(WindowSize);
    private readonly int[] xs = new int[4];
    private readonly int[] ys = new int[4];

    // In the order of the palette.
    private enum Ink : byte
    {
        Background,
        Goal,
        Edge,
        Block,
        AgentRim,
        Agent,
        Wall,
    }

    /// <summary>The image of a state: 96 x 96 x 3 bytes, rows from the top, red green blue.</summary>
    public byte[] Render(PushTState state)
    {
        Draw(state);
        return ScaleDown();
    }

    /// <summary>The state as elements of an SVG whose viewBox is "0 0 512 512": background, goal, T, agent and walls.</summary>
    public string SvgFragment(PushTState state)
    {
        var svg = new StringBuilder();
        svg.Append("<rect width=\"512\" height=\"512\" fill=\"#fff\"/>");
        svg.Append("<rect x=\"5\" y=\"5\" width=\"501\" height=\"501\" fill=\"none\" stroke=\"#d3d3d3\" stroke-width=\"4\"/>");
        AppendTee(svg, goal, "fill=\"#90ee90\"");
        AppendTee(svg, state.Block, "fill=\"#8fa3b8\" stroke=\"#778899\" stroke-width=\"4\" stroke-linejoin=\"round\"");
        string x = Number(state.AgentX), y = Number(state.AgentY);
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"13\" fill=\"#4e7eff\" stroke=\"#4169e1\" stroke-width=\"4\"/>");
        return svg.ToString();
    }

    /// <summary>A whole SVG document of a state.</summary>
    /// <param name="state">What to draw.</param>
    /// <param name="pixels">Height and width on the page.</param>
    public string Svg(PushTState state, int pixels = 256) =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 512 512\" width=\"{pixels}\" height=\"{pixels}\">{SvgFragment(state)}</svg>";

    private static void AppendTee(StringBuilder svg, PushTPose pose, string style) =>
        svg.Append("<path d=\"M-60 0H60V30H15V120H-15V30H-60Z\" transform=\"translate(")
            .Append(Number(pose.X)).Append(' ').Append(Number(pose.Y)).Append(") rotate(")
            .Append(Number(pose.Angle * 180 / Math.PI)).Append(")\" ").Append(style).Append("/>");

    private static string Number(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    private void Draw(PushTState state)
    {
        canvas.Clear((byte)Ink.Background);
        FillPolygon(goal, PushTShape.Bar, Ink.Goal);
        FillPolygon(goal, PushTShape.Stem, Ink.Goal);

        // The benchmark draws the shapes as Chipmunk's hash table of five bins holds them: bar (5), stem (6), agent (4), and then what does not move.
        Outlined(state.Block, PushTShape.Bar);
        Outlined(state.Block, PushTShape.Stem);
        Disc(state.AgentX, state.AgentY, PushTWorld.AgentRadius, Ink.AgentRim);
        Disc(state.AgentX, state.AgentY, PushTWorld.AgentRadius - 4, Ink.Agent);
        foreach ((Vect from, Vect to) in PushTWorld.Walls) Segment(from, to, Ink.Wall);
    }

    private void Outlined(PushTPose pose, Vect[] local)
    {
        FillPolygon(pose, local, Ink.Block);
        for (int i = 0; i < local.Length; i++)
            Segment(pose.Place(local[i]), pose.Place(local[(i + 1) % local.Length]), Ink.Edge);
    }

    private void FillPolygon(PushTPose pose, Vect[] local, Ink ink)
    {
        for (int i = 0; i < local.Length; i++)
        {
            Vect vertex = pose.Place(local[i]);
            xs[i] = Pixel(vertex.X);
            ys[i] = Pixel(vertex.Y);
        }

        canvas.FillPolygon(xs, ys, (byte)ink);
    }

    // A thick segment with round ends: a quadrilateral to both sides of the line, and a disc at each end.
    private void Segment(Vect from, Vect to, Ink ink)
    {
        int x1 = Pixel(from.X), y1 = Pixel(from.Y), x2 = Pixel(to.X), y2 = Pixel(to.Y);
        int across = Math.Abs(y2 - y1), along = Math.Abs(x2 - x1);
        double scale = CapRadius / Math.Max(Math.Sqrt((across * across) + (along * along)), 1);
        int dx = Pixel(across * scale), dy = Pixel(along * scale);

        // The benchmark's drawing takes the offsets' absolute values, so that segments falling to the left get thinner; so do we.
        (xs[0], ys[0], xs[1], ys[1]) = (x1 - dx, y1 - dy, x1 + dx, y1 + dy);
        (xs[2], ys[2], xs[3], ys[3]) = (x2 + dx, y2 + dy, x2 - dx, y2 - dy);
        canvas.FillPolygon(xs, ys, (byte)ink);
        canvas.ThickLine(x1, y1, x2, y2, 2 * CapRadius, (byte)ink);
        canvas.FillDisc(x1, y1, CapRadius, (byte)ink);
        canvas.FillDisc(x2, y2, CapRadius, (byte)ink);
    }

    private void Disc(double x, double y, double radius, Ink ink) => canvas.FillDisc(Pixel(x), Pixel(y), (int)radius, (byte)ink);

    private static int Pixel(double coordinate) => (int)Math.Round(coordinate);

    // OpenCV's bilinear resize of bytes: two by two pixels around the center of each target pixel, weights in 11-bit fixed point.
    private byte[] ScaleDown()
    {
        const int One = 2048;
        byte[] image = new byte[ImageSize * ImageSize * 3];
        int at = 0;
        for (int y = 0; y < ImageSize; y++)
        {
            (int y0, int wy) = Source(y);
            for (int x = 0; x < ImageSize; x++)
            {
                (int x0, int wx) = Source(x);
                int a = 3 * canvas[x0, y0], b = 3 * canvas[x0 + 1, y0], c = 3 * canvas[x0, y0 + 1], d = 3 * canvas[x0 + 1, y0 + 1];
                for (int channel = 0; channel < 3; channel++)
                {
                    int top = (palette[a + channel] * (One - wx)) + (palette[b + channel] * wx);
                    int bottom = (palette[c + channel] * (One - wx)) + (palette[d + channel] * wx);

                    // The truncations are OpenCV's.
                    image[at++] = (byte)(((((One - wy) * (top >> 4)) >> 16) + ((wy * (bottom >> 4)) >> 16) + 2) >> 2);
                }
            }
        }

        return image;

        static (int First, int Weight) Source(int target)
        {
            double source = ((target + 0.5) * WindowSize / ImageSize) - 0.5;
            int first = (int)source;
            return (first, (int)Math.Round((source - first) * One));
        }
    }
}
