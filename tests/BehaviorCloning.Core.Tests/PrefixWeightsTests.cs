namespace BehaviorCloning;

public sealed class PrefixWeightsTests
{
    // Equation 5 of arXiv 2506.07339, evaluated by hand.
    [Theory]
    [InlineData(8, 0, 1, ".712349 .487551 .315812 .188770 .099298 .041324 .009686 0")]
    [InlineData(8, 2, 2, "1 1 .570589 .287072 .114492 .025770 0 0")]
    [InlineData(8, 4, 4, "1 1 1 1 0 0 0 0")]
    [InlineData(16, 4, 5, "1 1 1 1 .712349 .487551 .315812 .188770 .099298 .041324 .009686 0 0 0 0 0")]
    public void Soft_weights_are_those_of_the_paper(int horizon, int d, int s, string expected) => Weights(PrefixSchedule.Soft, horizon, d, s).Should().Equal(Parse(expected), Near);

    [Fact]
    public void Soft_weights_of_a_long_chunk_are_those_of_the_paper()
    {
        float[] middle = Parse(".870529 .753316 .647525 .552374 .467131 .391109 .323669 .264210 .212172 .167030 .128296 .095510 .068246 .046104 .028710 .015717 .006800 .001655");
        Weights(PrefixSchedule.Soft, 50, 7, 25).Should().Equal([.. Enumerable.Repeat(1f, 7), .. middle, .. Enumerable.Repeat(0f, 25)], Near);
    }

    [Theory]
    [InlineData(PrefixSchedule.Linear, "1 1 .8 .6 .4 .2 0 0")]
    [InlineData(PrefixSchedule.Hard, "1 1 0 0 0 0 0 0")]
    [InlineData(PrefixSchedule.Ones, "1 1 1 1 1 1 0 0")]
    public void The_other_schedules_differ_between_d_and_H_minus_s(PrefixSchedule schedule, string expected) =>
        Weights(schedule, 8, 2, 2).Should().Equal(Parse(expected), Near);

    [Theory]
    [InlineData(PrefixSchedule.Soft)]
    [InlineData(PrefixSchedule.Hard)]
    [InlineData(PrefixSchedule.Linear)]
    [InlineData(PrefixSchedule.Ones)]
    public void Where_nothing_remains_nothing_counts(PrefixSchedule schedule) => Weights(schedule, 8, 0, 8).Should().OnlyContain(w => w == 0);

    [Fact]
    public void A_delay_beyond_what_remains_is_cut_to_it() => Weights(PrefixSchedule.Soft, 8, 6, 5).Should().Equal(1, 1, 1, 0, 0, 0, 0, 0);

    private static float[] Weights(PrefixSchedule schedule, int horizon, int d, int s)
    {
        float[] weights = new float[horizon];
        PrefixWeights.Fill(schedule, weights, d, horizon - s);
        return weights;
    }

    private static float[] Parse(string text) => [.. text.Split(' ').Select(float.Parse)];

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-6;
}
