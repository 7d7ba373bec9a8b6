using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class OpticalFlowTests
{
    private static readonly Func<double, double, double> Scene = Scenes.Waves(5);

    [Theory]
    [InlineData(0.0, 0.0, 0.001)]
    [InlineData(0.4, -0.3, 0.03)]
    [InlineData(1.7, 2.2, 0.05)]
    [InlineData(-7.0, 4.0, 0.15)]
    public void A_shift_is_found(double u, double v, double error)
    {
        GrayImage next = Scenes.Draw(160, 120, Scene), previous = Scenes.Draw(160, 120, (x, y) => Scene(x + u, y + v));
        FlowField flow = new OpticalFlow().Estimate(previous, next);
        Error(flow, (_, _) => (u, v)).Should().BeLessThan(error);
    }

    [Fact]
    public void A_turn_and_a_zoom_are_found()
    {
        static (double, double) Motion(double x, double y) => ((0.03 * (x - 80)) - (0.04 * (y - 60)), (0.04 * (x - 80)) + (0.03 * (y - 60)));
        GrayImage next = Scenes.Draw(160, 120, Scene), previous = Scenes.Draw(160, 120, (x, y) => Scene(x + Motion(x, y).Item1, y + Motion(x, y).Item2));
        FlowField flow = new OpticalFlow().Estimate(previous, next);
        Error(flow, Motion).Should().BeLessThan(0.2);
        Error(new OpticalFlow().Estimate(next, next), Motion).Should().BeGreaterThan(1.5, "standing still is no answer");
    }

    [Fact]
    public void Where_nothing_is_to_be_seen_nothing_moves()
    {
        FlowField flow = new OpticalFlow().Estimate(Scenes.Draw(64, 48, (_, _) => 0.4), Scenes.Draw(64, 48, (_, _) => 0.6));
        flow.U.ToArray().Concat(flow.V.ToArray()).Should().OnlyContain(value => Math.Abs(value) < 1e-3f);
    }

    [Fact]
    public void Cells_hold_the_mean_motion()
    {
        GrayImage next = Scenes.Draw(160, 120, Scene), previous = Scenes.Draw(160, 120, (x, y) => Scene(x + 1.5, y - 0.5));
        FlowField flow = new OpticalFlow().Estimate(previous, next);
        float[] cells = new float[3 * 4 * 2];
        flow.CellMeans(3, 4, cells);
        cells[2 * ((1 * 4) + 1)].Should().BeApproximately(1.5f, 0.1f);
        cells[(2 * ((1 * 4) + 1)) + 1].Should().BeApproximately(-0.5f, 0.1f);
        float[] whole = new float[2];
        flow.CellMeans(1, 1, whole);
        whole[0].Should().BeApproximately(flow.U.ToArray().Average(), 1e-4f);
        Action tooFine = () => flow.CellMeans(121, 1, new float[242]);
        tooFine.Should().Throw<ArgumentException>().WithMessage("*160 x 120*121 rows*");
    }

    [SkippableFact]
    public void Photographs_that_flow_are_followed()
    {
        foreach ((string name, GrayImage photograph) in Scenes.Photographs("chelsea.png"))
        {
            static (double, double) Motion(double x, double y) => (2 * Math.Sin(y / 60), 3 * Math.Cos(x / 70));
            GrayImage previous = Scenes.Draw(photograph.Width, photograph.Height, (x, y) => Scenes.Cubic(photograph, x + Motion(x, y).Item1, y + Motion(x, y).Item2));
            Error(new OpticalFlow().Estimate(previous, photograph), Motion).Should().BeLessThan(0.15, name);
        }
    }

    [Fact]
    public void Images_of_two_sizes_and_faulty_options_are_refused()
    {
        Action sizes = () => new OpticalFlow().Estimate(Scenes.Draw(20, 20, (_, _) => 0), Scenes.Draw(21, 20, (_, _) => 0));
        sizes.Should().Throw<ArgumentException>().WithMessage("*20 x 20*21 x 20*");
        new OpticalFlowOptions { CoarsestSide = 1, Iterations = 0, PolynomialDeviation = 0, WindowDeviation = double.NaN }.Problems().Should().HaveCount(4);
    }

    // Mean end-point error, but for a border that moves out of the image.
    private static double Error(FlowField flow, Func<double, double, (double U, double V)> truth)
    {
        double sum = 0;
        int count = 0;
        for (int y = 16; y < flow.Height - 16; y++)
        {
            for (int x = 16; x < flow.Width - 16; x++)
            {
                (double u, double v) = truth(x, y);
                sum += Math.Sqrt(Math.Pow(flow[x, y].U - u, 2) + Math.Pow(flow[x, y].V - v, 2));
                count++;
            }
        }

        return sum / count;
    }
}
