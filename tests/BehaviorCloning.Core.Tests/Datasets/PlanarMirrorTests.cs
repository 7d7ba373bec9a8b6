using BehaviorCloning.Datasets;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Datasets;

public sealed class PlanarMirrorTests
{
    private static readonly PlanarMirror PushT = new()
    {
        Center = (256, 256),
        Direction = -Math.PI / 4,
        BodyOffset = Math.PI,
        Features = new Dictionary<string, PlanarQuantity>
        {
            ["agent_position"] = PlanarQuantity.Point,
            ["agent_velocity"] = PlanarQuantity.Vector,
            ["block_angle"] = PlanarQuantity.Angle,
            ["time"] = PlanarQuantity.Unchanged,
        },
    };

    [Fact]
    public void Push_T_points_swap_and_turn_as_its_authors_have_it()
    {
        // (x, y) -> (512 - y, 512 - x), angle -> pi/2 - angle.
        Mirrored("agent_position", 100, 40).Should().Equal(472, 412);
        Mirrored("agent_velocity", 3, -1).Should().Equal(1, -3);
        Mirrored("block_angle", 0.25f)[0].Should().BeApproximately((MathF.PI / 2) - 0.25f, 1e-6f);
        Mirrored("time", 7).Should().Equal(7);
        float[] action = [100, 40];
        PushT.ApplyToActions(action);
        action.Should().Equal(472, 412);

        // The goal pose of Push-T, (256, 256) at 45 degrees, lies on the mirror line and stays.
        Mirrored("agent_position", 256, 256).Should().Equal(256, 256);
        Mirrored("block_angle", MathF.PI / 4)[0].Should().BeApproximately(MathF.PI / 4, 1e-6f);
    }

    [Fact]
    public void A_line_along_x_flips_y()
    {
        PlanarMirror mirror = new() { Center = (5, 1), Features = new Dictionary<string, PlanarQuantity> { ["p"] = PlanarQuantity.Point, ["a"] = PlanarQuantity.Angle } };
        float[] point = [2, 4], angle = [0.5f];
        mirror.Apply("p", point);
        mirror.Apply("a", angle);
        point.Should().Equal(2, -2);
        angle[0].Should().BeApproximately(MathF.Tau - 0.5f, 1e-6f);
    }

    [Property]
    public void Mirroring_twice_gives_back_the_original(int seed)
    {
        Random random = new(seed);
        PlanarMirror mirror = PushT with { Direction = random.NextDouble() * 7, BodyOffset = random.NextDouble() * 7, Center = (random.NextDouble() * 512, random.NextDouble() * 512), LowestAngle = -Math.PI };
        foreach (string feature in PushT.Features.Keys)
        {
            float[] rows = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle() * 512)], twice = [.. rows];
            mirror.Apply(feature, twice);
            mirror.Apply(feature, twice);
            for (int i = 0; i < rows.Length; i++)
            {
                double difference = twice[i] - rows[i];
                if (feature == "block_angle") difference = Math.IEEERemainder(difference, Math.Tau);
                difference.Should().BeApproximately(0, 2e-4);
            }
        }
    }

    [Property]
    public void Angles_stay_in_their_turn(int seed)
    {
        float[] angle = [(float)((new Random(seed).NextDouble() - 0.5) * 40)];
        PushT.Apply("block_angle", angle);
        angle[0].Should().BeInRange(0, MathF.BitDecrement(MathF.Tau));
        (PushT with { LowestAngle = -Math.PI }).Apply("block_angle", angle);
        angle[0].Should().BeInRange(-MathF.PI, MathF.BitDecrement(MathF.PI));
    }

    [Fact]
    public void A_mirrored_world_moves_like_the_world()
    {
        // A point carried by a body at angle a: reflecting the carried point is carrying the body's own mirrored point on the reflected body.
        PlanarMirror mirror = PushT with { Direction = 0.3 };
        (float x, float y, float a, float u, float v) = (120, 300, 0.8f, 17, 5);
        float[] carried = [x + (MathF.Cos(a) * u) - (MathF.Sin(a) * v), y + (MathF.Sin(a) * u) + (MathF.Cos(a) * v)], body = [x, y], angle = [a];
        mirror.Apply("agent_position", carried);
        mirror.Apply("agent_position", body);
        mirror.Apply("block_angle", angle);

        // Body offset pi: the body's own mirror image is u -> -u, as it is for the T.
        float b = angle[0], ownU = -u;
        carried[0].Should().BeApproximately(body[0] + (MathF.Cos(b) * ownU) - (MathF.Sin(b) * v), 1e-3f);
        carried[1].Should().BeApproximately(body[1] + (MathF.Sin(b) * ownU) + (MathF.Cos(b) * v), 1e-3f);
    }

    [Fact]
    public void What_is_not_listed_is_never_guessed()
    {
        ObservationSpec observations = new(new FeatureSpec("wrist", 2), new FeatureSpec("agent_position", 3), new FeatureSpec("camera", FeatureElement.UInt8, 2, 2, 3));
        PushT.Problems(observations, new ActionSpec("arm", 3)).Should().BeEquivalentTo(
            "The mirror does not know what feature 'wrist' is: add it to Features as a point, vector, angle, or unchanged.",
            "Feature 'agent_position' has 3 values; x, y pairs are an even number.",
            "The mirror does not know what becomes of the frames of 'camera': add it to Frames, or leave it out of the dataset.",
            "Action 'arm' has 3 values; x, y pairs are an even number.");
        PushT.Invoking(mirror => mirror.Apply("wrist", new float[2])).Should().Throw<KeyNotFoundException>().WithMessage("*'wrist'*");
    }

    [Theory]
    [InlineData(FrameMirror.LeftRight, 2, 1, 4, 3, 6, 5)]
    [InlineData(FrameMirror.TopBottom, 5, 6, 3, 4, 1, 2)]
    public void Frames_change_sides(FrameMirror mirror, params int[] expected)
    {
        byte[] frame = [1, 2, 3, 4, 5, 6];
        Camera(mirror).ApplyToFrame(new FeatureSpec("camera", FeatureElement.UInt8, 3, 2), frame);
        frame.Select(value => (int)value).Should().Equal(expected);
    }

    [Theory]
    [InlineData(FrameMirror.Diagonal, 1, 2, 5, 6, 3, 4, 7, 8)]
    [InlineData(FrameMirror.AntiDiagonal, 7, 8, 3, 4, 5, 6, 1, 2)]
    public void Pixels_of_two_bytes_move_as_a_whole(FrameMirror mirror, params int[] expected)
    {
        byte[] frame = [1, 2, 3, 4, 5, 6, 7, 8];
        var depth = new FeatureSpec("camera", FeatureElement.UInt16, 2, 2);
        Camera(mirror).ApplyToFrame(depth, frame);
        frame.Select(value => (int)value).Should().Equal(expected);
        Camera(mirror).Problems(new ObservationSpec(depth), new ActionSpec("arm", 2)).Should().BeEmpty();
        Camera(mirror).Problems(new ObservationSpec(new FeatureSpec("camera", FeatureElement.UInt8, 2, 3, 3)), new ActionSpec("arm", 2)).Should().ContainSingle().Which.Should().Contain("square");
    }

    private static PlanarMirror Camera(FrameMirror mirror) => PushT with { Frames = new Dictionary<string, FrameMirror> { ["camera"] = mirror } };

    private static float[] Mirrored(string feature, params float[] rows)
    {
        PushT.Apply(feature, rows);
        return rows;
    }
}
