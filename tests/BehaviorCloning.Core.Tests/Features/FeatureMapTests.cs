using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Core.Tests.Features;

public sealed class FeatureMapTests
{
    private static readonly ObservationSpec Raw = new(
        new FeatureSpec("hand", 2), new FeatureSpec("block", 2), new FeatureSpec("angle", 1), new FeatureSpec("camera", FeatureElement.UInt8, 1, 2, 1));

    private static readonly FeatureTransform[] All =
    [
        new RawFeature("camera"),
        new RawFeature("hand") { OutputName = "hand_as_seen" },
        new AngleSinCos { Feature = "angle" },
        new PlanarOffset { Point = "hand", FramePosition = "block", FrameAngle = "angle" },
        new FeatureDifference { Feature = "hand", Reference = "block" },
    ];

    [Fact]
    public void The_output_lists_every_made_feature_in_order()
    {
        FeatureMap map = new(Raw, All);
        map.Output.Should().Equal(
            new FeatureSpec("camera", FeatureElement.UInt8, 1, 2, 1), new FeatureSpec("hand_as_seen", 2), new FeatureSpec("angle_sin_cos", 2),
            new FeatureSpec("hand_from_block", 2), new FeatureSpec("hand_minus_block", 2));
    }

    [Fact]
    public void One_step_on_the_robot_gives_the_row_that_training_saw()
    {
        FeatureMap map = new(Raw, All);
        Random random = new(4);
        EpisodeBuilder builder = new(Raw, new ActionSpec("arm", 2));
        List<Observation> steps = [];
        for (int step = 0; step < 20; step++)
        {
            Observation observation = new()
            {
                ["hand"] = new[] { random.NextSingle(), random.NextSingle() },
                ["block"] = new[] { random.NextSingle(), random.NextSingle() },
                ["angle"] = new[] { random.NextSingle() * 6 },
                Images = new Dictionary<string, ReadOnlyMemory<byte>> { ["camera"] = new byte[] { (byte)step, 9 } },
            };
            steps.Add(observation);
            builder.Append(observation, [0, 0]);
        }

        FeaturizedEpisode episode = map.Apply(builder.Build());
        for (int step = 0; step < steps.Count; step++)
        {
            Observation one = map.Apply(steps[step]);
            one.Require(map.Output);
            foreach (FeatureSpec spec in map.Output.Where(spec => spec.Element == FeatureElement.Float32))
                one[spec.Name].Span.SequenceEqual(episode.Feature(spec.Name).Span.Slice(step * spec.Size, spec.Size)).Should().BeTrue(spec.Name);
            byte[] frame = new byte[2];
            episode.ReadFrames("camera", step, 1, frame);
            one.Images["camera"].ToArray().Should().Equal(frame);
        }
    }

    [Fact]
    public void No_transforms_means_all_raw_features()
    {
        FeatureMap map = new(Raw, []);
        map.Output.Should().Equal(Raw);
    }

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        FluentActions.Invoking(() => new FeatureMap(Raw, [new RawFeature("wrist"), new AngleSinCos { Feature = "camera" }, new PlanarOffset { Point = "angle", FramePosition = "angle", FrameAngle = "hand" }]))
            .Should().Throw<ArgumentException>()
            .WithMessage("*RawFeature reads feature 'wrist', which there is not. There are: hand, block, angle, camera.*'camera' is an image*'angle' has 1 values; points*'angle' has 1 values, expected 2*'hand' has 2 values, expected 1*");
        FluentActions.Invoking(() => new FeatureMap(Raw, [new FeatureDifference { Feature = "hand", Reference = "angle" }]))
            .Should().Throw<ArgumentException>().WithMessage("*'hand' has 2 values, but 'angle' has 1*");
    }

    [Fact]
    public void Two_features_of_one_name_are_refused() =>
        FluentActions.Invoking(() => new FeatureMap(Raw, [new RawFeature("hand"), new RawFeature("hand")])).Should().Throw<ArgumentException>().WithMessage("*2 transforms make a feature named 'hand'*");

    [Fact]
    public void A_made_feature_cannot_take_a_raw_name() =>
        FluentActions.Invoking(() => new FeatureMap(Raw, [new AngleSinCos { Feature = "angle", OutputName = "angle" }]))
            .Should().Throw<ArgumentException>().WithMessage("*'angle', which is a raw feature's name already*");

    [Fact]
    public void An_observation_that_does_not_fit_is_refused() =>
        new FeatureMap(Raw, []).Invoking(map => map.Apply(new Observation { ["hand"] = new float[] { 1, float.NaN } }))
            .Should().Throw<ArgumentException>().WithMessage("*'hand' is NaN at index 1; 'block' is missing*");

    [Fact]
    public void Transforms_with_the_same_settings_are_equal()
    {
        All[3].Should().Be(new PlanarOffset { Point = "hand", FramePosition = "block", FrameAngle = "angle" });
        All[3].Should().NotBe(new PlanarOffset { Point = "hand", FramePosition = "block", FrameAngle = "other" });
    }
}
