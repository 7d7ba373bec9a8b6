using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

/// <summary>Features that are made of camera frames: <see cref="SiftFeatures"/>, <see cref="StereoDepth"/>.</summary>
public sealed class ImageFeatureTests
{
    private static readonly ObservationSpec Raw = new(
        new FeatureSpec("arm", 2), new FeatureSpec("left", FeatureElement.UInt8, 48, 64, 3), new FeatureSpec("right", FeatureElement.UInt8, 48, 64, 1));

    private static readonly FeatureTransform[] Seeing =
    [
        new RawFeature("arm"),
        new SiftFeatures { Camera = "left", Count = 40 },
        new StereoDepth { Left = "left", Right = "right", FocalLength = 100, Baseline = 0.1, Rows = 4, Columns = 6, Matching = new StereoOptions { Disparities = 16 } },
    ];

    [Fact]
    public void One_step_on_the_robot_gives_the_row_that_training_saw()
    {
        FeatureMap map = new(Raw, Seeing);
        map.Output.Select(f => f.ToString()).Should().Equal("arm [2]", "left_sift [40, 134]", "left_nearness [4, 6, 2]");
        EpisodeBuilder builder = new(Raw, new ActionSpec("arm", 2));
        Observation[] steps = [.. Enumerable.Range(0, 35).Select(step => Step(step % 3))];
        foreach (Observation step in steps) builder.Append(step, [0, 0]);
        FeaturizedEpisode episode = map.Apply(builder.Build());
        foreach (int step in new[] { 0, 1, 31, 32, 34 })
        {
            Observation made = map.Apply(steps[step]);
            foreach (FeatureSpec feature in map.Output)
                episode.Feature(feature.Name).Slice(step * feature.Size, feature.Size).ToArray().Should().Equal(made[feature.Name].ToArray(), $"{feature.Name} at step {step}");
        }
    }

    [Fact]
    public void Rows_of_a_set_hold_the_features_and_the_rest_is_flagged_and_empty()
    {
        FeatureMap map = new(Raw, [new SiftFeatures { Camera = "left", Count = 40 }]);
        float[] rows = map.Apply(Step(0))["left_sift"].ToArray();
        IReadOnlyList<SiftFeature> features = new SiftDetector(new SiftOptions { MaximumFeatures = 40 }).Detect(CameraFrame.Of(Raw["left"], Step(0).Images["left"]).ToGray());
        features.Count.Should().BeInRange(3, 39);
        for (int i = 0; i < 40; i++)
        {
            float[] row = rows[(i * SiftFeatures.RowSize)..((i + 1) * SiftFeatures.RowSize)];
            if (i >= features.Count)
            {
                row.Should().OnlyContain(value => value == 0);
                continue;
            }

            row[0].Should().Be(1);
            ((64 * (row[1] + 1) / 2) - 0.5).Should().BeApproximately(features[i].X, 1e-4);
            ((48 * (row[2] + 1) / 2) - 0.5).Should().BeApproximately(features[i].Y, 1e-4);
            Math.Pow(2, 4 * row[3]).Should().BeApproximately(features[i].Scale, 1e-3);
            Math.Atan2(row[4], row[5]).Should().BeApproximately(Math.IEEERemainder(features[i].Angle, Math.Tau), 1e-4);
            row[6..].Sum(value => value * value).Should().BeApproximately(128, 1e-2f);
        }
    }

    [Fact]
    public void Nearness_is_inverse_depth_with_the_share_of_pixels_that_know_it()
    {
        FeatureMap map = new(Raw, [Seeing[2]]);
        float[] cells = map.Apply(Step(1))["left_nearness"].ToArray();
        int known = 0;
        for (int i = 0; i < cells.Length; i += 2)
        {
            cells[i + 1].Should().BeInRange(0, 1);
            if (cells[i + 1] < 0.9) continue;
            known++;
            cells[i].Should().BeApproximately(5 / (100 * 0.1f), 0.05f, "the scene lies at a disparity of 5 pixels");
        }

        known.Should().BeGreaterThan(8);
    }

    [Fact]
    public void What_does_not_fit_is_said_at_once()
    {
        FeatureMap.Problems(Raw, [new SiftFeatures { Camera = "arm", Count = 0 }]).Should().HaveCount(2).And.Contain(p => p.Contains("no camera image", StringComparison.Ordinal));
        FeatureMap.Problems(Raw, [new SiftFeatures { Camera = "top" }]).Should().ContainSingle().Which.Should().Contain("'top'");
        FeatureMap.Problems(Raw, [new StereoDepth { Left = "left", Right = "right", FocalLength = 0, Baseline = -1 }]).Should().HaveCount(2);
        FeatureMap.Problems(Raw, [new StereoDepth { Left = "left", Right = "right", FocalLength = 1, Baseline = 1, Rows = 60 }]).Should().HaveCount(2, "64 pixels are too few for 64 disparities, and 48 rows for 60");
        Action floats = () => new SiftFeatures { Camera = "left" }.Apply([], 1, []);
        floats.Should().Throw<NotSupportedException>();
    }

    // A textured wall at a disparity of 5; each scene its own.
    private static Observation Step(int scene)
    {
        Func<double, double, double> wall = Scenes.Blobs(80, 48, 20 + scene);
        byte[] left = new byte[48 * 64 * 3], right = new byte[48 * 64];
        for (int i = 0; i < right.Length; i++)
        {
            left.AsSpan(3 * i, 3).Fill((byte)(255 * wall(i % 64, i / 64)));
            right[i] = (byte)(255 * wall((i % 64) + 5, i / 64));
        }

        return new Observation { ["arm"] = new float[] { scene, 1 }, Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["left"] = left, ["right"] = right } };
    }
}
