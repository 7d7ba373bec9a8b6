using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class ChunkConstraintsTests
{
    private const double Rate = 20;

    private static readonly ActionPart Joints = new(ActionPartKind.Position, 2) { Minimum = [-1], Maximum = [1, 2], Speed = [2], Acceleration = [20, 30] };

    [Property]
    public void Whatever_is_asked_the_limits_are_kept_over_the_whole_chunk(int seed)
    {
        float[] wanted = Draw(seed, 32, 3), before = [0.2f, -0.3f], earlier = [0.15f, -0.28f];
        ActionChunk kept = Of(Joints).Apply(new ActionChunk(wanted, 2), before, earlier);
        double[][] x = [.. new[] { earlier, before }.Concat(Enumerable.Range(0, 16).Select(t => kept[t].ToArray())).Select(row => row.Select(v => (double)v).ToArray())];
        for (int d = 0; d < 2; d++)
        {
            for (int t = 2; t < x.Length; t++)
            {
                x[t][d].Should().BeInRange(-1 - 1e-6, (d == 0 ? 1 : 2) + 1e-6);
                Math.Abs(x[t][d] - x[t - 1][d]).Should().BeLessThan((2 / Rate) + 1e-6);
                Math.Abs(x[t][d] - (2 * x[t - 1][d]) + x[t - 2][d]).Should().BeLessThan(((d == 0 ? 20 : 30) / Rate / Rate) + 1e-6);
            }
        }
    }

    [Property]
    public void A_chunk_that_keeps_its_limits_comes_back_as_it_is(int seed)
    {
        ChunkConstraints constraints = Of(Joints);
        ActionChunk kept = constraints.Apply(new ActionChunk(Draw(seed, 32, 3), 2), [0, 0], [0, 0]);
        Of(Joints with { Minimum = [-1.1], Maximum = [2.1], Speed = [2.1], Acceleration = [31] }).Apply(kept, [0, 0], [0, 0]).Should().BeSameAs(kept);
    }

    [Property]
    public void No_other_chunk_within_the_limits_is_nearer(int seed)
    {
        // The set is convex: every point of it, and every mixture with the answer, must be at least as far.
        var constraints = Of(Joints);
        float[] wanted = Draw(seed, 32, 3);
        float[] nearest = constraints.Apply(new ActionChunk(wanted, 2), [0, 0], [0, 0]).Values.ToArray();
        for (int trial = 0; trial < 5; trial++)
        {
            float[] other = constraints.Apply(new ActionChunk(Draw(unchecked(seed + trial + 1), 32, 3), 2), [0, 0], [0, 0]).Values.ToArray();
            double angle = 0;
            for (int i = 0; i < wanted.Length; i++) angle += (wanted[i] - nearest[i]) * (double)(other[i] - nearest[i]);
            angle.Should().BeLessThan(1e-3, "the way on to any allowed chunk leads away from what is wanted");
        }
    }

    [Fact]
    public void A_jump_is_begun_early_where_it_would_otherwise_end_late()
    {
        var constraints = new ChunkConstraints(new ChunkLimits { ControlRateHz = 1, Parts = [new(ActionPartKind.Position, 1) { Speed = [1] }] });
        float[] kept = constraints.Apply(new ActionChunk([0, 0, 3, 3, 3], 1)).Values.ToArray();
        float[] expected = [0, 1, 2, 3, 3];
        for (int t = 0; t < 5; t++) kept[t].Should().BeApproximately(expected[t], 1e-5f);
    }

    [Fact]
    public void Velocities_keep_speed_and_acceleration()
    {
        ActionChunk kept = Of(new ActionPart(ActionPartKind.Velocity, 1) { Speed = [0.5], Acceleration = [4] }).Apply(new ActionChunk([2, -2, 2, 2, 0], 1), [0]);
        float last = 0;
        for (int t = 0; t < 5; t++)
        {
            Math.Abs(kept[t][0]).Should().BeLessThanOrEqualTo(0.5f + 1e-6f);
            Math.Abs(kept[t][0] - last).Should().BeLessThanOrEqualTo(0.2f + 1e-6f);
            last = kept[t][0];
        }
    }

    [Property]
    public void Poses_turn_no_faster_than_allowed_and_stay_rotations(int seed)
    {
        var random = new Random(seed);
        ChunkConstraints constraints = Of(new(ActionPartKind.Position, 3) { Speed = [0.5] }, new(ActionPartKind.Rotation, 6) { Speed = [1.5] });
        float[] values = new float[9 * 8], turn = new float[3], matrix = new float[9], last = new float[9];
        for (int t = 0; t < 8; t++)
        {
            for (int i = 0; i < 3; i++) (values[(t * 9) + i], turn[i]) = (random.NextSingle(), random.NextSingle() - 0.5f);
            Rotation6D.FromAxisAngle(turn, values.AsSpan((t * 9) + 3, 6));
            values[(t * 9) + 3] += 0.05f * random.NextSingle();
        }

        ActionChunk kept = constraints.Apply(new ActionChunk(values, 9));
        for (int t = 0; t < 8; t++)
        {
            Rotation6D.ToMatrix(kept[t][3..], matrix);
            for (int i = 0; i < 6; i++) matrix[i].Should().BeApproximately(kept[t][3 + i], 2e-6f, "rows are orthonormal as they are");
            double trace = 0;
            for (int i = 0; i < 9; i++) trace += matrix[i] * (double)last[i];
            if (t > 0) Math.Acos(Math.Clamp((trace - 1) / 2, -1, 1)).Should().BeLessThan((1.5 / Rate) + 2e-3);
            matrix.CopyTo(last, 0);
        }

        constraints.Apply(kept).Values.ToArray().Zip(kept.Values.ToArray(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-5f, "once is enough");
    }

    [Fact]
    public void What_cannot_be_kept_is_refused()
    {
        ChunkConstraints constraints = Of(new ActionPart(ActionPartKind.Position, 1) { Maximum = [1], Acceleration = [4] });
        constraints.Invoking(c => c.Apply(new ActionChunk([1, 1, 1, 1], 1), [0.99f], [0.5f])).Should().Throw<ArgumentException>().WithMessage("*dimension 0*stop in time*");
        constraints.Invoking(c => c.Apply(new ActionChunk([1, 1], 2))).Should().Throw<ArgumentException>().WithMessage("*2 dimensions*of 1*");
        FluentActions.Invoking(() => Of(new(ActionPartKind.Rotation, 5) { Acceleration = [1], Minimum = [0] }, new(ActionPartKind.Position, 1) { Minimum = [2], Maximum = [1], Speed = [0] }))
            .Should().Throw<ArgumentException>().WithMessage("*rotation of 5*only positions*acceleration is not limited*Speed must be positive*minimum is above*");
    }

    [Fact]
    public void A_constrained_policy_keeps_the_limits_across_the_seam()
    {
        var policy = new ConstrainedPolicy(new Jumping(), Of(new ActionPart(ActionPartKind.Position, 1) { Speed = [2] }));
        var history = new ObservationHistory(1);
        history.Push(new Observation { ["x"] = new float[] { 0 } });
        Steps([.. policy.Predict(history).Values.Span]).Should().BeLessThan(0.1 + 1e-6);
        ActionChunk next = policy.Predict(history, new ChunkPrefix(new ActionChunk([0.5f, 0.55f, 0.6f], 1), 2, 2));
        next.Values.ToArray()[..2].Should().Equal(0.5f, 0.55f);
        Steps([.. next.Values.Span]).Should().BeLessThan(0.1 + 1e-6);
        Steps([.. new Jumping().Predict(history).Values.Span]).Should().BeGreaterThan(1, "left alone it jumps");

        static double Steps(float[] values) => values.Zip(values.Skip(1), (a, b) => Math.Abs(b - a)).Max();
    }

    private static ChunkConstraints Of(params ActionPart[] parts) => new(new ChunkLimits { ControlRateHz = Rate, Parts = parts });

    private static float[] Draw(int seed, int count, double size)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(size * ((2 * random.NextDouble()) - 1)))];
    }

    private sealed class Jumping : IPolicy
    {
        public ObservationSpec Observations { get; } = new(new FeatureSpec("x", 1));

        public ActionSpec Actions { get; } = new("axis", 1);

        public Horizons Horizons { get; } = new() { Observation = 1, Prediction = 6, Execution = 3 };

        public ActionChunk Predict(ObservationHistory history) => new([0, 2, 0, 2, -1, 3], 1);
    }
}
