namespace BehaviorCloning.Simulation;

/// <summary>Everything that moves in the Push-T world, in double precision.</summary>
/// <param name="AgentX">Agent, to the right, in pixels.</param>
/// <param name="AgentY">Agent, downwards, in pixels.</param>
/// <param name="BlockX">Origin of the T (the middle of the bar's outer edge, not the center of gravity).</param>
/// <param name="BlockY">Origin of the T.</param>
/// <param name="BlockAngle">Angle of the T in radians; not wrapped.</param>
public readonly record struct PushTState(double AgentX, double AgentY, double BlockX, double BlockY, double BlockAngle)
{
    /// <summary>Velocity of the agent, pixels a second.</summary>
    public double AgentVelocityX { get; init; }

    /// <summary>Velocity of the agent, pixels a second.</summary>
    public double AgentVelocityY { get; init; }

    /// <summary>Velocity of the T's center of gravity. The last contact gave it; the next physics step uses it up, for there is no inertia.</summary>
    public double BlockVelocityX { get; init; }

    /// <summary>Velocity of the T's center of gravity.</summary>
    public double BlockVelocityY { get; init; }

    /// <summary>Angular velocity of the T, radians a second.</summary>
    public double BlockAngularVelocity { get; init; }

    /// <summary>Where the T lies.</summary>
    public PushTPose Block => new(BlockX, BlockY, BlockAngle);

    /// <summary>The angle in [0, 2 pi), as it is observed.</summary>
    public double WrappedAngle
    {
        get
        {
            double wrapped = BlockAngle % Math.Tau;
            return wrapped < 0 ? wrapped + Math.Tau : wrapped;
        }
    }

    /// <summary>Whether every position and the angle is a number.</summary>
    public bool IsFinite => double.IsFinite(AgentX + AgentY + BlockX + BlockY + BlockAngle);

    /// <summary>The state that was observed in a step of an episode; velocities were not.</summary>
    /// <param name="episode">With the features of <see cref="PushTEnvironment"/>.</param>
    /// <param name="step">From 0.</param>
    public static PushTState At(Episode episode, int step)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ReadOnlySpan<float> agent = episode.Feature(PushTEnvironment.AgentPosition).Span.Slice(2 * step, 2);
        ReadOnlySpan<float> block = episode.Feature(PushTEnvironment.BlockPosition).Span.Slice(2 * step, 2);
        return new(agent[0], agent[1], block[0], block[1], episode.Feature(PushTEnvironment.BlockAngle).Span[step]);
    }

    /// <summary>
    /// The state that the benchmark draws for a seed, before it is set: agent in [50, 450), T in [100, 400), any angle.
    /// Which pose the T ends up in depends on the <see cref="PushTResetOrder"/>.
    /// </summary>
    public static PushTState Draw(long seed)
    {
        var random = new NumpyRandomState(seed);
        int agentX = random.NextInteger(50, 450), agentY = random.NextInteger(50, 450);
        int blockX = random.NextInteger(100, 400), blockY = random.NextInteger(100, 400);
        return new(agentX, agentY, blockX, blockY, (random.NextNormal() * 2 * Math.PI) - Math.PI);
    }

    /// <summary>A state near this one, for a seed: off by a share of what the benchmark's draw is off its mean, (250, 250), (250, 250) and -pi.</summary>
    internal PushTState DrawNear(long seed, double spread)
    {
        const double Middle = 250;
        PushTState drawn = Draw(seed);
        return new(
            AgentX + (spread * (drawn.AgentX - Middle)), AgentY + (spread * (drawn.AgentY - Middle)),
            BlockX + (spread * (drawn.BlockX - Middle)), BlockY + (spread * (drawn.BlockY - Middle)), BlockAngle + (spread * (drawn.BlockAngle + Math.PI)));
    }
}

/// <summary>In which order the benchmark sets the drawn pose of the T. It matters, since a body turns about its center of gravity.</summary>
public enum PushTResetOrder
{
    /// <summary>Position, then angle: the origin moves off the drawn position. The published evaluations and the human demonstrations use it.</summary>
    Legacy,

    /// <summary>Angle, then position: the origin lies at the drawn position.</summary>
    Modern,
}
