using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class OneHotFeatureTests
{
    private static readonly ObservationSpec Raw = new(new FeatureSpec("task", 1), new FeatureSpec("hand", 2));

    [Fact]
    public void Each_number_becomes_a_vector_with_one_1()
    {
        float[] output = new float[8];
        new OneHotFeature { Feature = "task", Count = 4 }.Apply([new[] { 2f, 0f }], 2, output);
        output.Should().Equal(0, 0, 1, 0, 1, 0, 0, 0);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(0.5)]
    [InlineData(float.NaN)]
    public void What_is_no_kind_is_refused(float kind)
    {
        Action apply = () => new OneHotFeature { Feature = "task", Count = 4 }.Apply([new[] { kind }], 1, new float[4]);
        apply.Should().Throw<ArgumentException>().WithMessage("*'task'*0 to 3*");
    }

    [Fact]
    public void Faults_are_named()
    {
        new OneHotFeature { Feature = "task", Count = 3 }.Problems(Raw).Should().BeEmpty();
        new OneHotFeature { Feature = "hand", Count = 1 }.Problems(Raw).Should().HaveCount(2);
    }
}
