namespace BehaviorCloning.Simulation;

/// <summary>
/// Searches the plan that brings the T closest to its goal, by the cross-entropy method in a second Push-T world.
/// A plan is a few knots of the agent's target at equal distances in time, linear in between, starting at the agent:
/// <code>
/// // PlanSteps = 12, Knots = 4
/// //   control step     0  1  2  3  4  5  6  7  8  9 10 11
/// //   knot             .  .  0  .  .  1  .  .  2  .  .  3
/// </code>
/// </summary>
internal sealed class PushTPlanner : IDisposable
{
    // The corners of the T, without the two where bar and stem meet: their mean distance to the goal is the cost.
    private static readonly Vect[] Corners = [new(-60, 0), new(60, 0), new(60, 30), new(-60, 30), new(-15, 120), new(15, 120)];

    // A T whose corners are farther than this from the goal, in the mean, covers less than the task asks for.
    private const double SolvedDistance = 6;

    private readonly PushTExpertOptions options;
    private readonly PushTWorld world = new();
    private readonly int[] elite;
    private readonly double[] costs;
    private readonly Vect[] samples;
    private readonly Vect[] mean;
    private readonly Vect[] best;
    private readonly Vect[] deviation;
    private readonly Vect[] goalCorners = new Vect[Corners.Length];
    private Vect? waypoint;

    public PushTPlanner(PushTExpertOptions options)
    {
        this.options = options;
        elite = new int[Math.Max(2, (int)Math.Round(options.EliteShare * options.Samples))];
        costs = new double[options.Samples];
        samples = new Vect[options.Samples * options.Knots];
        mean = new Vect[options.Knots];
        best = new Vect[options.Knots];
        deviation = new Vect[options.Knots];
    }

    /// <summary>The plan to stay.</summary>
    public Vect[] Rest(PushTState state)
    {
        var knots = new Vect[options.Knots];
        Array.Fill(knots, new(state.AgentX, state.AgentY));
        return knots;
    }

    /// <summary>Shifts a plan made some control steps ago to now; behind its end it stays where it ended.</summary>
    public void Advance(Vect[] knots, Vect origin, int elapsed)
    {
        for (int i = 0; i < knots.Length; i++)
        {
            double time = ((i + 1.0) * options.PlanSteps / knots.Length) + elapsed;
            mean[i] = TargetAt(knots, origin, Math.Min(time, options.PlanSteps));
        }

        mean.CopyTo(knots.AsSpan());
    }

    /// <summary>Improves a plan for a state, in place, and returns the first target of the plan to execute.</summary>
    /// <param name="knots">The plan.</param>
    /// <param name="state">Where everything is.</param>
    /// <param name="goal">Where the T must go.</param>
    /// <param name="waypoint">Where the agent shall go without harm to the T, or null to stay near the T.</param>
    /// <param name="random">Draws the samples.</param>
    public Vect Improve(Vect[] knots, PushTState state, PushTPose goal, Vect? waypoint, NumpyRandomState random)
    {
        this.waypoint = waypoint;
        // A new space each time: what was planned before leaves no trace, so plans depend on seed and episode alone.
        world.Restore(state);
        PushTShape.Place(goal, Corners, goalCorners);
        knots.CopyTo(mean.AsSpan());
        knots.CopyTo(best.AsSpan());
        Array.Fill(deviation, new(options.InitialDeviation, options.InitialDeviation));
        var agent = new Vect(state.AgentX, state.AgentY);
        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            Draw(iteration, agent, random);
            Evaluate(state, goal);
            Sample(elite[0]).CopyTo(best);
            Refit();
        }

        (options.Averages ? mean : Sample(elite[options.Temperature > 0 ? DrawElite(random) : 0])).CopyTo(knots);
        return TargetAt(knots, agent, 1);
    }

    /// <summary>Where the agent is after each of a plan's first steps, and whether the plan leaves the T no closer to its goal.</summary>
    public (Vect[] Path, bool IsFutile) Follow(ReadOnlySpan<Vect> knots, PushTState state, PushTPose goal, int steps)
    {
        world.Place(state);
        PushTShape.Place(goal, Corners, goalCorners);
        var agent = new Vect(state.AgentX, state.AgentY);
        var path = new Vect[steps];
        path[0] = agent;
        double nearest = double.PositiveInfinity;
        for (int step = 1; step <= options.PlanSteps; step++)
        {
            Vect target = TargetAt(knots, agent, step);
            world.Step(target.X, target.Y);
            PushTState now = world.State;
            if (step < steps) path[step] = new(now.AgentX, now.AgentY);
            nearest = Math.Min(nearest, GoalDistance(now.Block));
        }

        return (path, nearest > GoalDistance(state.Block) - 0.3);
    }

    public void Dispose() => world.Dispose();

    private Span<Vect> Sample(int index) => samples.AsSpan(index * options.Knots, options.Knots);

    private void Draw(int iteration, Vect agent, NumpyRandomState random)
    {
        int exploring = iteration == 0 ? (int)(options.ExploringShare * options.Samples) : 0;
        double wide = options.ExploringScale * options.InitialDeviation;
        for (int i = 0; i < options.Samples; i++)
        {
            Span<Vect> sample = Sample(i);
            if (i == 0)
            {
                // The best plan so far competes again: a mean of good plans may be a bad one.
                best.CopyTo(sample);
                continue;
            }

            // A quarter of the first samples vary the last plan only a little, or the last pixels to the goal are never found.
            bool explores = i >= options.Samples - exploring, fine = iteration == 0 && i % 4 == 1;
            for (int k = 0; k < sample.Length; k++)
            {
                // Explorers walk at random from the agent, which gets them round the T more often than knots drawn independently.
                Vect center = !explores ? mean[k] : k == 0 ? agent : sample[k - 1];
                Vect spread = explores ? new(wide, wide) : deviation[k] * (fine ? options.FineScale : 1);
                double x = center.X + (spread.X * random.NextNormal()), y = center.Y + (spread.Y * random.NextNormal());
                sample[k] = Reachable(k == 0 ? agent : sample[k - 1], new(Math.Clamp(x, 0, PushTWorld.Size), Math.Clamp(y, 0, PushTWorld.Size)));
            }
        }
    }

    // The farthest that the allowed speed goes towards a knot.
    private Vect Reachable(Vect from, Vect knot)
    {
        double longest = options.MaximumSpeed * options.PlanSteps / options.Knots, length = (knot - from).Length;
        return options.MaximumSpeed > 0 && length > longest ? from + ((knot - from) * (longest / length)) : knot;
    }

    // Fills costs, and elite with the cheapest samples, cheapest first.
    private void Evaluate(PushTState state, PushTPose goal)
    {
        int found = 0;
        for (int i = 0; i < options.Samples; i++)
        {
            // A sample dearer than the dearest elite so far cannot become elite, so its simulation may stop early.
            double bound = found < elite.Length ? double.PositiveInfinity : costs[elite[^1]];
            double cost = costs[i] = Cost(Sample(i), state, goal, bound);
            if (cost >= bound) continue;
            int at = found < elite.Length ? found++ : found - 1;
            for (; at > 0 && costs[elite[at - 1]] > cost; at--) elite[at] = elite[at - 1];
            elite[at] = i;
        }
    }

    private double Cost(ReadOnlySpan<Vect> plan, PushTState state, PushTPose goal, double bound)
    {
        world.Place(state);
        var agent = new Vect(state.AgentX, state.AgentY);
        double total = options.SmoothnessWeight > 0 ? options.SmoothnessWeight * Bends(plan, agent) : 0, distance = 0;
        for (int step = 0; step < options.PlanSteps; step++)
        {
            Vect target = TargetAt(plan, agent, step + 1);
            world.Step(target.X, target.Y);
            PushTState now = world.State;
            distance = GoalDistance(now.Block);

            // The task ends when it is solved, so what would come after costs nothing: the planner hurries.
            if (distance < SolvedDistance && PushTShape.Coverage(now.Block, goal) > options.AimedCoverage) return total;
            total += distance + (options.ApproachWeight * ApproachDistance(now));
            if (total >= bound) return double.PositiveInfinity;
        }

        return total + (options.FinalWeight * distance);
    }

    private static double Bends(ReadOnlySpan<Vect> plan, Vect agent)
    {
        double sum = 0;
        Vect before = agent, last = agent;
        foreach (Vect knot in plan)
        {
            sum += (knot - last - (last - before)).Length;
            (before, last) = (last, knot);
        }

        return sum;
    }

    private double GoalDistance(PushTPose block)
    {
        Span<Vect> corners = stackalloc Vect[6];
        PushTShape.Place(block, Corners, corners);
        double sum = 0;
        for (int i = 0; i < corners.Length; i++) sum += (corners[i] - goalCorners[i]).Length;
        return sum / corners.Length;
    }

    // How far the agent is from the T's center of gravity. Around the T distance hardly counts, so that walking round it costs nothing;
    // a little of it stays, or an agent beside the T would have no reason to touch it.
    private double ApproachDistance(PushTState state)
    {
        var agent = new Vect(state.AgentX, state.AgentY);
        if (waypoint is { } there) return (agent - there).Length;
        double distance = (agent - state.Block.Place(PushTShape.CenterOfGravity)).Length;
        return (options.NearShare * distance) + ((1 - options.NearShare) * Math.Max(distance - options.NearDistance, 0));
    }

    private void Refit()
    {
        for (int k = 0; k < options.Knots; k++)
        {
            Vect sum = default, squares = default;
            foreach (int index in elite) sum += Sample(index)[k];
            Vect average = sum * (1.0 / elite.Length);
            foreach (int index in elite)
            {
                Vect off = Sample(index)[k] - average;
                squares += new Vect(off.X * off.X, off.Y * off.Y);
            }

            mean[k] = average;
            deviation[k] = new(Math.Sqrt(squares.X / elite.Length) + options.DeviationFloor, Math.Sqrt(squares.Y / elite.Length) + options.DeviationFloor);
        }
    }

    private int DrawElite(NumpyRandomState random)
    {
        double cheapest = costs[elite[0]], sum = 0;
        foreach (int index in elite) sum += Math.Exp((cheapest - costs[index]) / options.Temperature);
        double left = random.NextDouble() * sum;
        for (int i = 0; i < elite.Length; i++)
        {
            left -= Math.Exp((cheapest - costs[elite[i]]) / options.Temperature);
            if (left < 0) return i;
        }

        return elite.Length - 1;
    }

    // Time 0 is the agent's place, time PlanSteps the last knot.
    public Vect TargetAt(ReadOnlySpan<Vect> knots, Vect origin, double time)
    {
        double position = time * knots.Length / options.PlanSteps;
        int next = Math.Min((int)position, knots.Length - 1);
        Vect from = next == 0 ? origin : knots[next - 1];
        return from + ((knots[next] - from) * (position - next));
    }
}
