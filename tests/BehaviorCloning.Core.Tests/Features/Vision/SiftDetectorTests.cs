using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class SiftDetectorTests
{
    [Theory]
    [InlineData(2.5, 60.3, 41.8)]
    [InlineData(5.0, 48.0, 52.5)]
    [InlineData(9.0, 55.2, 49.1)]
    public void A_blob_is_found_at_its_place_and_size(double size, double x, double y)
    {
        GrayImage image = Scenes.Draw(112, 104, (px, py) => 0.2 + (0.6 * Math.Exp(-(((px - x) * (px - x)) + ((py - y) * (py - y))) / (2 * size * size))));
        SiftFeature feature = new SiftDetector().Detect(image)[0];
        feature.X.Should().BeApproximately((float)x, 0.1f);
        feature.Y.Should().BeApproximately((float)y, 0.1f);
        // The difference of Gaussians s and 2^(1/3) s is largest for a blob of their geometric mean, and the image is taken to be blurred by .5 already.
        ((double)feature.Scale).Should().BeInRange(0.8 * size, 1.05 * size);
    }

    [Fact]
    public void Where_there_is_nothing_nothing_is_found()
    {
        new SiftDetector().Detect(Scenes.Draw(64, 64, (_, _) => 0.5)).Should().BeEmpty();
        new SiftDetector().Detect(Scenes.Draw(64, 64, (x, _) => x < 32 ? 0.1 : 0.9)).Should().BeEmpty("a straight edge has no place along it");
        new SiftDetector().Detect(Scenes.Draw(3, 3, (x, _) => x)).Should().BeEmpty("it is too small");
    }

    [Fact]
    public void Without_the_edge_test_an_edge_is_full_of_features()
    {
        // Negative control of the claim above, with an edge that is not quite straight.
        GrayImage edge = Scenes.Draw(64, 64, (x, y) => x + (0.4 * Math.Sin(y / 3.0)) < 32 ? 0.1 : 0.9);
        new SiftDetector(new SiftOptions { EdgeRatio = 1e6 }).Detect(edge).Count.Should().BeGreaterThan(new SiftDetector().Detect(edge).Count);
    }

    [Fact]
    public void Features_turn_with_the_image()
    {
        GrayImage image = Scenes.Draw(120, 120, Scenes.Blobs(120, 120, 1));
        GrayImage turned = Scenes.Draw(120, 120, (x, y) => image[(int)y, 119 - (int)x]);
        IReadOnlyList<SiftFeature> first = new SiftDetector().Detect(image), second = new SiftDetector().Detect(turned);
        first.Count.Should().BeGreaterThan(25);
        IReadOnlyList<FeatureMatch> matches = new FeatureMatcher().Match(first, second);
        matches.Count.Should().BeGreaterThan(first.Count * 8 / 10);
        int right = matches.Count(m => Distance(first[m.First], second[m.Second]) < 0.5
            && Math.Abs(Math.IEEERemainder(second[m.Second].Angle - first[m.First].Angle - (Math.PI / 2), Math.Tau)) < 0.1
            && Math.Abs(Math.Log(second[m.Second].Scale / first[m.First].Scale)) < 0.05);
        right.Should().BeGreaterThan(matches.Count * 95 / 100);

        // (x, y) goes to (119 - y, x): a quarter from x towards y.
        static double Distance(SiftFeature a, SiftFeature b) => Math.Sqrt(Math.Pow(b.X - (119 - a.Y), 2) + Math.Pow(b.Y - a.X, 2));
    }

    [Fact]
    public void Brighter_and_flatter_light_changes_no_descriptor()
    {
        Func<double, double, double> scene = Scenes.Blobs(100, 90, 2);
        IReadOnlyList<SiftFeature> bright = new SiftDetector().Detect(Scenes.Draw(100, 90, scene));
        IReadOnlyList<SiftFeature> dim = new SiftDetector(new SiftOptions { ContrastThreshold = 0.5 * 0.04 }).Detect(Scenes.Draw(100, 90, (x, y) => 0.3 + (0.5 * scene(x, y))));
        dim.Should().HaveSameCount(bright);
        for (int i = 0; i < bright.Count; i++)
        {
            dim[i].X.Should().BeApproximately(bright[i].X, 1e-2f);
            dim[i].Descriptor.ToArray().Zip(bright[i].Descriptor.ToArray(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-2f);
        }
    }

    [Fact]
    public void A_descriptor_has_unit_length_and_no_number_far_above_a_fifth()
    {
        foreach (SiftFeature feature in new SiftDetector().Detect(Scenes.Draw(100, 90, Scenes.Blobs(100, 90, 3))))
        {
            float[] values = feature.Descriptor.ToArray();
            values.Should().HaveCount(128).And.OnlyContain(value => value >= 0 && value < 0.4f);
            values.Sum(value => value * value).Should().BeApproximately(1, 1e-5f);
            feature.Angle.Should().BeInRange(0, MathF.Tau);
        }
    }

    [Fact]
    public void The_most_prominent_are_kept_and_twice_gives_the_same()
    {
        GrayImage image = Scenes.Draw(100, 90, Scenes.Blobs(100, 90, 4));
        IReadOnlyList<SiftFeature> all = new SiftDetector().Detect(image), few = new SiftDetector(new SiftOptions { MaximumFeatures = 10 }).Detect(image);
        few.Select(f => (f.X, f.Y, f.Angle)).Should().Equal(all.Take(10).Select(f => (f.X, f.Y, f.Angle)));
        all.Select(f => f.Response).Should().BeInDescendingOrder();
        few[3].Descriptor.ToArray().Should().Equal(all[3].Descriptor.ToArray());
    }

    [SkippableTheory]
    [InlineData(30, 1, 0.6, 0.9)]
    [InlineData(0, 0.7, 0.4, 0.8)]
    [InlineData(90, 1, 0.75, 0.95)]
    public void Photographs_are_recognized_turned_and_from_afar(double degrees, double scale, double repeatability, double rightShare)
    {
        double angle = degrees * Math.PI / 180;
        int seen = 0, repeated = 0, matched = 0, right = 0;
        foreach ((_, GrayImage photograph) in Scenes.Photographs("chelsea.png"))
        {
            GrayImage turned = Scenes.Turned(photograph, angle, scale);
            var detector = new SiftDetector(new SiftOptions { MaximumFeatures = 300 });
            IReadOnlyList<SiftFeature> first = detector.Detect(photograph), second = detector.Detect(turned);
            int inBoth = 0;
            foreach (SiftFeature feature in first)
            {
                (double x, double y) = Scenes.Turn(photograph, angle, scale, feature.X, feature.Y);
                if (!Inside(photograph, (x, y))) continue;
                inBoth++;
                if (second.Any(other => Away(other, x, y) < 2 && Math.Abs(Math.Log(other.Scale / (scale * feature.Scale))) < Math.Log(1.5))) repeated++;
            }

            seen += Math.Min(inBoth, second.Count(feature => Inside(photograph, Scenes.Turn(photograph, -angle, 1 / scale, feature.X, feature.Y))));
            foreach (FeatureMatch match in new FeatureMatcher().Match(first, second))
            {
                (double x, double y) = Scenes.Turn(photograph, angle, scale, first[match.First].X, first[match.First].Y);
                matched++;
                if (Away(second[match.Second], x, y) < 3) right++;
            }
        }

        ((double)repeated / seen).Should().BeGreaterThan(repeatability);
        matched.Should().BeGreaterThan(25);
        ((double)right / matched).Should().BeGreaterThan(rightShare);

        static bool Inside(GrayImage image, (double X, double Y) p) => p.X >= 8 && p.X < image.Width - 8 && p.Y >= 8 && p.Y < image.Height - 8;

        static double Away(SiftFeature feature, double x, double y) => Math.Sqrt(((feature.X - x) * (feature.X - x)) + ((feature.Y - y) * (feature.Y - y)));
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new SiftOptions { MaximumFeatures = -1, ScalesPerOctave = 0, FirstScale = double.NaN, ImageBlur = -1, EdgeRatio = 0.5, ContrastThreshold = -1 }.Problems().Should().HaveCount(6);
        new SiftOptions { FirstScale = 0.9 }.Problems().Should().ContainSingle().Which.Should().Contain("doubled");
        Action make = () => _ = new SiftDetector(new SiftOptions { EdgeRatio = 0 });
        make.Should().Throw<ArgumentException>().WithMessage("*EdgeRatio*");
    }
}
