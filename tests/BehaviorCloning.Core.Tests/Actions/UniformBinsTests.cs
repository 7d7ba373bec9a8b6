using BehaviorCloning.Actions;

namespace BehaviorCloning.Core.Tests.Actions;

public sealed class UniformBinsTests
{
    [Fact]
    public void Bins_are_equal_and_decode_to_their_centers()
    {
        var bins = new UniformBins([-1], [1], 256);
        bins.Encode([-1, -0.5f, 0, 0.5f, 0.999f, 1]).Should().Equal(0, 64, 128, 192, 255, 255);
        bins.Decode([0, 128, 255]).Should().Equal(-0.99609375f, 0.00390625f, 0.99609375f);
    }

    [Fact]
    public void Values_outside_fall_into_the_outermost_bins() => new UniformBins([-1], [1], 4).Encode([-7, 7]).Should().Equal(0, 3);

    [Fact]
    public void A_constant_dimension_decodes_to_its_value_whatever_the_bin()
    {
        var bins = new UniformBins([0, 3], [1, 3], 4);
        bins.Encode([0.6f, 3, 0.6f, 9]).Should().Equal(2, 0, 2, 0);
        bins.Decode([2, 0, 2, 3]).Should().Equal(0.625f, 3, 0.625f, 3);
    }

    [Fact]
    public void Impossible_bins_and_values_are_refused()
    {
        Action order = () => _ = new UniformBins([1], [0]);
        Action nan = () => new UniformBins([0], [1]).Encode([float.NaN]);
        Action bin = () => new UniformBins([0], [1], 4).Decode([4]);
        order.Should().Throw<ArgumentException>().WithMessage("*Dimension 0*1*0*");
        nan.Should().Throw<ArgumentException>().WithMessage("*NaN*");
        bin.Should().Throw<ArgumentException>().WithMessage("*4*0 .. 3*");
    }
}
