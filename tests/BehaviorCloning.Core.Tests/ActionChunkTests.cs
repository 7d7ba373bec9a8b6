namespace BehaviorCloning.Core.Tests;

public sealed class ActionChunkTests
{
    [Fact]
    public void Rows_are_actions()
    {
        ActionChunk chunk = new([1, 2, 3, 4, 5, 6], 2);
        chunk.Length.Should().Be(3);
        chunk[1].ToArray().Should().Equal(3, 4);
        chunk.Invoking(c => c[3].Length).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_chunk_that_is_not_finite_cannot_be_made() =>
        FluentActions.Invoking(() => new ActionChunk([1, 2, 3, float.NaN], 2)).Should().Throw<ArgumentException>().WithMessage("*NaN for action 1, dimension 1*nothing was sent*");

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_part_of_an_action_is_no_chunk(int values) =>
        FluentActions.Invoking(() => new ActionChunk(new float[values], 2)).Should().Throw<ArgumentException>().WithMessage($"*positive multiple of 2 values; got {values}*");

    [Fact]
    public void A_prefix_fits_into_its_chunk()
    {
        ActionChunk chunk = new(new float[5], 1);
        new ChunkPrefix(chunk, 2, 3).InferenceDelay.Should().Be(2);
        FluentActions.Invoking(() => new ChunkPrefix(chunk, 6, 3)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new ChunkPrefix(chunk, 2, 0)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
