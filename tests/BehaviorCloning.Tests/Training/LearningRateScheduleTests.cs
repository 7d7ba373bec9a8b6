using BehaviorCloning.Training;

namespace BehaviorCloning.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void Factors_are_those_of_the_drawn_example() =>
        Enumerable.Range(0, 8).Select(i => Math.Round(LearningRateSchedule.Factor(i, 4, 8, 0), 3))
            .Should().Equal(0.25, 0.5, 0.75, 1, 1, 0.854, 0.5, 0.146);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void Neither_the_first_nor_the_last_step_is_wasted(long warmup)
    {
        LearningRateSchedule.Factor(0, warmup, 1000, 0).Should().BePositive();
        LearningRateSchedule.Factor(999, warmup, 1000, 0).Should().BePositive();
    }

    [Fact]
    public void After_the_warm_up_it_is_diffusers_cosine()
    {
        for (int i = 300; i < 1000; i++)
        {
            double p = (i - 300) / 700.0;
            LearningRateSchedule.Factor(i, 300, 1000, 0).Should().BeApproximately(Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * p))), 1e-15);
        }
    }

    [Fact]
    public void It_falls_to_the_final_fraction_and_a_fraction_of_one_is_constant()
    {
        LearningRateSchedule.Factor(1000, 0, 1000, 0.01).Should().BeApproximately(0.01, 1e-15);
        Enumerable.Range(10, 90).Select(i => LearningRateSchedule.Factor(i, 10, 100, 1)).Should().OnlyContain(factor => factor == 1);
    }
}
