namespace BehaviorCloning.Simulation;

/// <summary>A color, each channel 0 to 255.</summary>
/// <param name="Red">Red.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct PushTColor(byte Red, byte Green, byte Blue);

/// <summary>
/// The colors in which the Push-T window is rendered. The defaults are the benchmark's; others make a world that looks different and is the same, in which
/// a policy shows what it really looks at.
/// </summary>
/// <example><code>
/// var evening = new PushTColors().Lit(0.8, 0.6, 0.45);
/// using var world = new PushTEnvironment(new PushTOptions { Images = true, Colors = evening });
/// </code></example>
public sealed record PushTColors
{
    /// <summary>Of the window. Default white.</summary>
    public PushTColor Background { get; init; } = new(255, 255, 255);

    /// <summary>Of the goal. Default light green.</summary>
    public PushTColor Goal { get; init; } = new(144, 238, 144);

    /// <summary>Of the edges of the T. Default light slate gray.</summary>
    public PushTColor BlockEdge { get; init; } = new(119, 136, 153);

    // Pygame's light version of a color c is min(1.2 c, 255), rounded, as in the recorded images.

    /// <summary>Of the T. Default its edges' color, lighter.</summary>
    public PushTColor Block { get; init; } = new(143, 163, 184);

    /// <summary>Of the agent's rim. Default royal blue.</summary>
    public PushTColor AgentRim { get; init; } = new(65, 105, 225);

    /// <summary>Of the agent. Default its rim's color, lighter.</summary>
    public PushTColor Agent { get; init; } = new(78, 126, 255);

    /// <summary>Of the walls. Default light gray.</summary>
    public PushTColor Wall { get; init; } = new(211, 211, 211);

    /// <summary>These colors under another lamp: each channel times its gain, cut at 255.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A gain is negative or not finite.</exception>
    public PushTColors Lit(double red, double green, double blue)
    {
        foreach (double gain in new[] { red, green, blue })
        {
            if (!(gain >= 0 && double.IsFinite(gain))) throw new ArgumentOutOfRangeException(nameof(red), gain, "A lamp's gain must be finite and not negative; 1 changes nothing.");
        }

        return new()
        {
            Background = Under(Background), Goal = Under(Goal), BlockEdge = Under(BlockEdge), Block = Under(Block), AgentRim = Under(AgentRim), Agent = Under(Agent), Wall = Under(Wall),
        };

        PushTColor Under(PushTColor color) => new(Times(color.Red, red), Times(color.Green, green), Times(color.Blue, blue));

        static byte Times(byte value, double gain) => (byte)Math.Min(255, Math.Round(value * gain));
    }

    /// <summary>Red, green and blue of each ink, in the renderer's order.</summary>
    internal byte[] Palette() => [.. new[] { Background, Goal, BlockEdge, Block, AgentRim, Agent, Wall }.SelectMany(color => new[] { color.Red, color.Green, color.Blue })];
}
