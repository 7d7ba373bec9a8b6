using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class StereoMatcherTests
{
    private const int Width = 160, Height = 100;
    private static readonly Func<double, double, double> Background = Scenes.Waves(6);
    private static readonly Func<double, double, double> Foreground = Scenes.Waves(7);

    [Fact]
    public void A_slanted_wall_is_found_to_a_fraction_of_a_pixel()
    {
        // d = 6 + x / 20 on the left, so that x on the left is x - d(x) on the right.
        static double Disparity(double x) => 6 + (x / 20);
        GrayImage right = Scenes.Draw(Width, Height, Background), left = Scenes.Draw(Width, Height, (x, y) => Background(x - Disparity(x), y));
        DisparityMap map = Match(left, right);
        map.ValidShare.Should().BeGreaterThan(0.85);
        Errors(map, (x, _) => Disparity(x), (x, _) => x > 20).Average().Should().BeLessThan(0.12);
    }

    [Fact]
    public void What_only_one_eye_sees_is_unknown()
    {
        // A near square (disparity 20) before a far wall (disparity 4): left of it is a strip of 16 pixels that the right image does not show.
        bool InSquare(double x, double y) => x is >= 70 and < 110 && y is >= 30 and < 70;
        GrayImage left = Scenes.Draw(Width, Height, (x, y) => InSquare(x, y) ? Foreground(x, y) : Background(x, y));
        GrayImage right = Scenes.Draw(Width, Height, (x, y) => InSquare(x + 20, y) ? Foreground(x + 20, y) : Background(x + 4, y));
        DisparityMap map = Match(left, right);
        Errors(map, (_, _) => 20, (x, y) => x is > 75 and < 105 && y is > 35 and < 65).Average().Should().BeLessThan(0.1);
        Errors(map, (_, _) => 4, (x, y) => x is > 118 and < 155 && y is > 5 and < 95).Average().Should().BeLessThan(0.1);
        int hidden = 0;
        for (int y = 36; y < 64; y++)
        {
            for (int x = 58; x < 67; x++) hidden += map.IsValid(x, y) ? 0 : 1;
        }

        hidden.Should().BeGreaterThan(28 * 9 / 2);
    }

    [Fact]
    public void Another_exposure_of_one_camera_does_not_matter()
    {
        static double Disparity(double x) => 6 + (x / 20);
        GrayImage right = Scenes.Draw(Width, Height, (x, y) => Math.Pow(0.6 * Background(x, y), 1.4)), left = Scenes.Draw(Width, Height, (x, y) => Background(x - Disparity(x), y));
        Errors(Match(left, right), (x, _) => Disparity(x), (x, _) => x > 20).Average().Should().BeLessThan(0.15);
    }

    [Fact]
    public void Where_nothing_tells_the_disparity_is_unknown_and_never_zero()
    {
        GrayImage blank = Scenes.Draw(Width, Height, (_, _) => 0.5);
        DisparityMap map = Match(blank, blank);
        map.ValidShare.Should().Be(0);
        map.Disparities.ToArray().Should().OnlyContain(value => float.IsNaN(value));
        map.ToDepth(500, 0.1).Should().OnlyContain(value => float.IsNaN(value));
        float[] cells = new float[8];
        map.CellMeans(2, 2, cells);
        cells.Should().OnlyContain(value => value == 0, "the share of known pixels is 0 too");
    }

    [Fact]
    public void Depth_is_focal_length_times_baseline_over_disparity()
    {
        var map = new DisparityMap(2, 2, [10, float.NaN, 0, 40]);
        map.ToDepth(500, 0.2).Should().Equal(10, float.NaN, float.NaN, 2.5f);
        map.ToDepth(500, 0.2, 10).Should().Equal(5, float.NaN, 10, 2);
        float[] cells = new float[2];
        map.CellMeans(1, 1, cells);
        cells.Should().Equal(50f / 3, 0.75f);
        Action wrong = () => map.ToDepth(0, 0.1);
        wrong.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Small_patches_of_mistakes_are_removed()
    {
        float[] disparities = new float[100];
        Array.Fill(disparities, 5f);
        (disparities[44], disparities[45]) = (30, 30);
        DisparityCleaning.RemovePatches(disparities, 10, 10, 3);
        disparities.Count(float.IsNaN).Should().Be(2);
        disparities[43].Should().Be(5);
    }

    [SkippableFact]
    public void A_real_pair_explains_itself()
    {
        GrayImage[] pair = [.. Scenes.Photographs("motorcycle_left.png", "motorcycle_right.png").Select(p => p.Image)];
        DisparityMap map = new StereoMatcher(new StereoOptions { Disparities = 80 }).Match(pair[0], pair[1]);
        map.ValidShare.Should().BeGreaterThan(0.75);
        double error = 0, other = 0;
        int count = 0;
        for (int y = 0; y < map.Height; y++)
        {
            for (int x = 90; x < map.Width; x++)
            {
                if (!map.IsValid(x, y)) continue;
                error += Math.Abs(pair[0][x, y] - Scenes.Cubic(pair[1], x - map[x, y], y));
                other += Math.Abs(pair[0][x, y] - Scenes.Cubic(pair[1], x - 30, y));
                count++;
            }
        }

        (255 * error / count).Should().BeLessThan(7, "gray levels");
        other.Should().BeGreaterThan(3 * error, "one disparity for all explains little");
    }

    [Fact]
    public void What_cannot_be_matched_is_refused()
    {
        GrayImage small = Scenes.Draw(30, 10, (_, _) => 0);
        Action narrow = () => new StereoMatcher().Match(small, small);
        narrow.Should().Throw<ArgumentException>().WithMessage("*30 pixels wide*64 disparities*");
        new StereoOptions { Disparities = 20, SmallChangePenalty = 0, UniquenessPercent = -1, LeftRightTolerance = double.NaN, SmallestPatch = -1 }.Problems().Should().HaveCount(5);
    }

    private static DisparityMap Match(GrayImage left, GrayImage right) => new StereoMatcher(new StereoOptions { Disparities = 32 }).Match(left, right);

    private static List<double> Errors(DisparityMap map, Func<double, double, double> truth, Func<int, int, bool> where)
    {
        List<double> errors = [];
        for (int y = 4; y < map.Height - 4; y++)
        {
            for (int x = 4; x < map.Width - 4; x++)
            {
                if (where(x, y) && map.IsValid(x, y)) errors.Add(Math.Abs(map[x, y] - truth(x, y)));
            }
        }

        errors.Count.Should().BeGreaterThan(100);
        return errors;
    }
}
