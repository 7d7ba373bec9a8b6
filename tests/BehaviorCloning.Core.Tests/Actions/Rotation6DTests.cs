using BehaviorCloning.Actions;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class Rotation6DTests
{
    [Fact]
    public void A_quarter_turn_about_z_is_the_first_two_rows_of_its_matrix()
    {
        float[] six = new float[6];
        Rotation6D.FromAxisAngle([0, 0, MathF.PI / 2], six);

        // R = [0 -1 0; 1 0 0; 0 0 1]. Columns would give 0 1 0, -1 0 0.
        Near(six, 0, -1, 0, 1, 0, 0);
        float[] matrix = new float[9];
        Rotation6D.ToMatrix(six, matrix);
        Near(matrix, 0, -1, 0, 1, 0, 0, 0, 0, 1);
    }

    [Property]
    public void Axis_angle_survives_the_round_trip(int seed)
    {
        float[] axisAngle = RandomAxisAngle(new Random(seed), 3.1), six = new float[6], back = new float[3];
        Rotation6D.FromAxisAngle(axisAngle, six);
        Rotation6D.ToAxisAngle(six, back);
        Near(back, axisAngle);
    }

    [Property]
    public void A_scaled_and_sheared_pair_of_rows_is_made_a_rotation(int seed)
    {
        Random random = new(seed);
        float[] six = new float[6], sheared = new float[6], matrix = new float[9], expected = new float[9];
        Rotation6D.FromAxisAngle(RandomAxisAngle(random, 3), six);
        float scale = 0.1f + random.NextSingle(), other = 0.1f + random.NextSingle(), shear = random.NextSingle();
        for (int i = 0; i < 3; i++) (sheared[i], sheared[3 + i]) = (scale * six[i], (other * six[3 + i]) + (shear * six[i]));
        Rotation6D.ToMatrix(six, expected);
        Rotation6D.ToMatrix(sheared, matrix);
        Near(matrix, expected);
        for (int a = 0; a < 3; a++)
        {
            for (int b = 0; b < 3; b++)
            {
                float dot = Enumerable.Range(0, 3).Sum(i => matrix[(3 * a) + i] * matrix[(3 * b) + i]);
                dot.Should().BeApproximately(a == b ? 1 : 0, 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(0f, 0f, 0f)]
    [InlineData(1e-7f, 0f, 0f)]
    [InlineData(3.1415927f, 0f, 0f)]
    [InlineData(0f, 3.1415927f, 0f)]
    [InlineData(0f, 0f, 3.1415927f)]
    public void No_turn_tiny_turns_and_half_turns_survive(float x, float y, float z)
    {
        float[] six = new float[6], back = new float[3], again = new float[6];
        Rotation6D.FromAxisAngle([x, y, z], six);
        Rotation6D.ToAxisAngle(six, back);

        // A half turn about an axis is the one about its opposite, so the rotations are compared.
        Rotation6D.FromAxisAngle(back, again);
        Near(again, six);
    }

    [Fact]
    public void The_matrix_goes_in_and_out()
    {
        float[] six = new float[6], matrix = new float[9];
        Rotation6D.FromMatrix([0, 1, 0, 0, 0, 1, 1, 0, 0], six);
        Rotation6D.ToMatrix(six, matrix);
        Near(matrix, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    }

    [Theory]
    [InlineData(new float[] { 0, 0, 0, 0, 1, 0 }, "no direction")]
    [InlineData(new float[] { 1, 0, 0, float.NaN, 1, 0 }, "no direction")]
    [InlineData(new float[] { 1, 2, 3, 2, 4, 6 }, "parallel")]
    public void Six_numbers_that_name_no_rotation_are_refused(float[] six, string why)
    {
        FluentActions.Invoking(() => Rotation6D.ToMatrix(six, new float[9])).Should().Throw<ArgumentException>().WithMessage($"*is no 6-D rotation*{why}*");
    }

    [Fact]
    public void Wrong_sizes_are_refused() =>
        FluentActions.Invoking(() => Rotation6D.FromMatrix(new float[8], new float[6])).Should().Throw<ArgumentException>().WithMessage("*rotation matrix has 9 values; got 8*");

    private static float[] RandomAxisAngle(Random random, double largest)
    {
        double[] axis = [random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5];
        double length = Math.Max(Math.Sqrt(axis.Sum(a => a * a)), 1e-3), angle = random.NextDouble() * largest;
        return [.. axis.Select(a => (float)(a / length * angle))];
    }

    private static void Near(float[] actual, params float[] expected)
    {
        actual.Length.Should().Be(expected.Length);
        for (int i = 0; i < expected.Length; i++) actual[i].Should().BeApproximately(expected[i], 3e-5f, $"value {i} of {string.Join(", ", actual)}");
    }
}
