namespace BehaviorCloning.Evaluation;

public sealed class ChartSeriesTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Columns_become_curves_over_the_first_and_empty_cells_are_left_out()
    {
        File.WriteAllText(file, "step,loss,validation_loss\n1,2.5,\n2,1e-3,\n2,,0.5\n");
        IReadOnlyDictionary<string, ChartSeries> curves = ChartSeries.ReadCsv(file);
        curves.Keys.Should().Equal("loss", "validation_loss");
        curves["loss"].Points.Should().Equal((1, 2.5), (2, 0.001));
        curves["validation_loss"].Points.Should().Equal((2, 0.5));
    }

    [Fact]
    public void A_last_row_that_is_still_being_written_is_left_out()
    {
        File.WriteAllText(file, "step,loss,rate\n1,2,3\n2,1");
        ChartSeries.ReadCsv(file)["loss"].Points.Should().Equal((1, 2));
    }

    [Fact]
    public void A_damaged_row_or_cell_is_refused_by_line()
    {
        File.WriteAllText(file, "step,loss\n1\n2,1\n");
        FluentActions.Invoking(() => ChartSeries.ReadCsv(file)).Should().Throw<InvalidDataException>().WithMessage("*line 2*1 cells*2*");
        File.WriteAllText(file, "step,loss\n1,abc\n");
        FluentActions.Invoking(() => ChartSeries.ReadCsv(file)).Should().Throw<InvalidDataException>().WithMessage("*line 2*'abc'*loss*");
    }

    [Fact]
    public void An_empty_file_has_no_curves() => ChartSeries.ReadCsv(file).Should().BeEmpty();
}
