namespace BehaviorCloning.Evaluation;

public sealed class SeedRangeTests
{
    [Fact]
    public void A_range_is_its_seeds()
    {
        SeedRange.Parse("100000:3").Should().Equal(100000, 100001, 100002);
        SeedRange.Parse("7").Should().Equal(7);
        SeedRange.Parse("-2:2").Should().Equal(-2, -1);
        SeedRange.Parse("100000:50").ToString().Should().Be("100000:50");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a:3")]
    [InlineData("3:0")]
    [InlineData("3:-1")]
    [InlineData("1:2:3")]
    [InlineData("9223372036854775807:2")]
    public void Anything_else_is_refused_with_an_example(string text) =>
        FluentActions.Invoking(() => SeedRange.Parse(text)).Should().Throw<FormatException>().WithMessage("*100000:50*");
}
