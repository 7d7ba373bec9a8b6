using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class AngleSinCosTests
{
    [Fact]
    public void Each_angle_becomes_its_sine_and_cosine()
    {
        float[] output = new float[8];
        new AngleSinCos { Feature = "a" }.Apply([new[] { 0f, MathF.PI / 2, MathF.PI, -MathF.PI / 2 }], 2, output);
        float[] expected = [0, 1, 1, 0, 0, -1, -1, 0];
        for (int i = 0; i < 8; i++) output[i].Should().BeApproximately(expected[i], 1e-6f);
    }

    [Fact]
    public void A_full_turn_is_no_turn()
    {
        float[] output = new float[4];
        new AngleSinCos { Feature = "a" }.Apply([new[] { 0.3f, 0.3f + MathF.Tau }], 2, output);
        output[2].Should().BeApproximately(output[0], 1e-6f);
        output[3].Should().BeApproximately(output[1], 1e-6f);
    }
}
