namespace BehaviorCloning.Simulation;

/// <summary>
/// The physics of Push-T: a round agent that follows its target with a PD controller, a T that moves only while it is pushed, four walls.
/// Runs the same library, in the same order, as the benchmark of Chi et al. (Diffusion Policy, 2023), and so retraces its states.
/// One instance belongs to one thread at a time. Stepping does not allocate.
/// </summary>
public sealed class PushTWorld : IDisposable
{
    /// <summary>Side of the window in pixels.</summary>
    public const double Size = 512;

    /// <summary>Control steps a second.</summary>
    public const double ControlRateHz = 10;

    /// <summary>Radius of the agent in pixels.</summary>
    public const double AgentRadius = 15;

    /// <summary>Physics steps in a control step.</summary>
    internal const int PhysicsSteps = 10;

    internal const double WallRadius = 2;
    private const double TimeStep = 0.01;
    private const double ProportionalGain = 100;
    private const double DerivativeGain = 20;

    internal static readonly (Vect From, Vect To)[] Walls =
        [(new(5, 506), new(5, 5)), (new(5, 5), new(506, 5)), (new(506, 5), new(506, 506)), (new(5, 506), new(506, 506))];

    // The benchmark uses the bar's moment for the stem as well (a slip, and part of the definition): 2 x 1500.
    private const double Mass = 1;
    private const double Moment = 3000;

    private ChipmunkSpace space;
    private nint pointer;
    private nint agent;
    private nint block;

    /// <summary>A world in its construction pose.</summary>
    /// <exception cref="DllNotFoundException">Chipmunk is not installed; the message says how to install it.</exception>
    public PushTWorld() => space = Build();

    /// <summary>The present state.</summary>
    public PushTState State
    {
        get
        {
            ObjectDisposedException.ThrowIf(space.IsClosed, this);
            Vect a = Chipmunk.cpBodyGetPosition(agent), v = Chipmunk.cpBodyGetVelocity(agent), b = Chipmunk.cpBodyGetPosition(block), w = Chipmunk.cpBodyGetVelocity(block);
            var state = new PushTState(a.X, a.Y, b.X, b.Y, Chipmunk.cpBodyGetAngle(block))
            {
                AgentVelocityX = v.X,
                AgentVelocityY = v.Y,
                BlockVelocityX = w.X,
                BlockVelocityY = w.Y,
                BlockAngularVelocity = Chipmunk.cpBodyGetAngularVelocity(block),
            };
            GC.KeepAlive(space);
            return state;
        }
    }

    /// <summary>Starts an episode as the benchmark does: a new space, the drawn state set in the given order, one physics step.</summary>
    public void Reset(PushTState drawn, PushTResetOrder order)
    {
        Rebuild();
        SetAgent(drawn);
        var position = new Vect(drawn.BlockX, drawn.BlockY);
        if (order == PushTResetOrder.Legacy)
        {
            Chipmunk.cpBodySetPosition(block, position);
            Chipmunk.cpBodySetAngle(block, drawn.BlockAngle);
        }
        else
        {
            Chipmunk.cpBodySetAngle(block, drawn.BlockAngle);
            Chipmunk.cpBodySetPosition(block, position);
        }

        Chipmunk.cpSpaceStep(pointer, TimeStep);
        GC.KeepAlive(space);
    }

    /// <summary>
    /// Puts everything where it was in an observed state, in a new space: nothing is remembered of earlier contacts, and what follows
    /// depends on the state alone. Episodes restored to their first state are retraced.
    /// </summary>
    public void Restore(PushTState state)
    {
        Rebuild();

        // One physics step at rest, as in Reset, enters the shapes into the collision tree where they are. Without it pairs are met, and
        // contacts solved, in another order: 183 of the 206 human demonstrations are then retraced to 0.01 pixels, with it 205.
        Place(new(state.AgentX, state.AgentY, state.BlockX, state.BlockY, state.BlockAngle));
        Chipmunk.cpSpaceStep(pointer, TimeStep);
        Place(state);
    }

    /// <summary>
    /// Puts everything where it was in an observed state, in the space there is, which costs nearly nothing. Contacts of the last
    /// three physics steps are still cached in it and may give the T a first push: good enough for planning, not for exact replay.
    /// </summary>
    public void Place(PushTState state)
    {
        ObjectDisposedException.ThrowIf(space.IsClosed, this);
        SetAgent(state);
        Chipmunk.cpBodySetVelocity(block, new(state.BlockVelocityX, state.BlockVelocityY));
        Chipmunk.cpBodySetAngularVelocity(block, state.BlockAngularVelocity);
        Chipmunk.cpBodySetAngle(block, state.BlockAngle);
        Chipmunk.cpBodySetPosition(block, new(state.BlockX, state.BlockY));
        GC.KeepAlive(space);
    }

    /// <summary>One control step of 0.1 s: the agent is drawn to its target.</summary>
    public void Step(double targetX, double targetY)
    {
        ObjectDisposedException.ThrowIf(space.IsClosed, this);
        var target = new Vect(targetX, targetY);
        for (int i = 0; i < PhysicsSteps; i++)
        {
            Vect velocity = Chipmunk.cpBodyGetVelocity(agent);
            Vect acceleration = ((target - Chipmunk.cpBodyGetPosition(agent)) * ProportionalGain) + ((default(Vect) - velocity) * DerivativeGain);
            Chipmunk.cpBodySetVelocity(agent, velocity + (acceleration * TimeStep));
            Chipmunk.cpSpaceStep(pointer, TimeStep);
        }

        GC.KeepAlive(space);
    }

    /// <inheritdoc/>
    public void Dispose() => space.Dispose();

    private void SetAgent(PushTState state)
    {
        Chipmunk.cpBodySetPosition(agent, new(state.AgentX, state.AgentY));
        Chipmunk.cpBodySetVelocity(agent, new(state.AgentVelocityX, state.AgentVelocityY));
    }

    private void Rebuild()
    {
        ObjectDisposedException.ThrowIf(space.IsClosed, this);
        space.Dispose();
        space = Build();
    }

    private ChipmunkSpace Build()
    {
        // Damping 0: every step takes all velocity away before contacts push. The order of construction is the benchmark's.
        var built = new ChipmunkSpace(damping: 0);
        foreach ((Vect from, Vect to) in Walls) built.AddWall(from, to, WallRadius);
        agent = built.AddKinematicDisc(new(256, 400), AgentRadius);
        block = built.AddPolygons(Mass, Moment, PushTShape.CenterOfGravity, new(256, 300), PushTShape.Bar, PushTShape.Stem);
        pointer = built.Pointer;
        return built;
    }
}
