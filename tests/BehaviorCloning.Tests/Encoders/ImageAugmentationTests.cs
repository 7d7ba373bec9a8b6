using System.Text.Json;
using BehaviorCloning.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Tests.Encoders;

public sealed class ImageAugmentationTests
{
    private static readonly JsonElement Golden = GoldenFile.Json("image_filters.json");

    [Theory]
    [InlineData("brightness")]
    [InlineData("contrast")]
    [InlineData("saturation")]
    [InlineData("hue")]
    [InlineData("blur")]
    public void Colors_and_blur_follow_torchvisions_formulas(string change)
    {
        using Tensor images = Numbers("images").view([.. Golden.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64())]);
        using Tensor changed = change switch
        {
            "brightness" => ImageFilters.Brightness(images, Numbers("factors")),
            "contrast" => ImageFilters.Contrast(images, Numbers("factors")),
            "saturation" => ImageFilters.Saturation(images, Numbers("factors")),
            "hue" => ImageFilters.Hue(images, Numbers("turns")),
            _ => ImageFilters.Blur(images, Numbers("sigmas"), 5),
        };
        changed.Values().Zip(Golden.GetProperty(change).Floats(), (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(3e-6f);
        changed.Values().Should().NotEqual(images.Values());
    }

    [Theory]
    [InlineData("shift")]
    [InlineData("colors")]
    [InlineData("blur")]
    [InlineData("erase")]
    public void All_steps_of_an_observation_change_alike_and_observations_each_in_its_own_way(string change)
    {
        using ImagePreprocessor preprocessor = Of(change);
        preprocessor.train();

        // Every step shows the same frame, and so does every observation.
        using Tensor frames = Frame(16, 20).expand(8, 3, 16, 20, 3).contiguous();
        using Tensor prepared = preprocessor.Prepare(frames, new Generator(5, CPU)).view(8, 3, 3, 16, 20);
        for (int b = 0; b < 8; b++)
        {
            prepared[b, 1].Values().Should().Equal(prepared[b, 0].Values());
            prepared[b, 2].Values().Should().Equal(prepared[b, 0].Values());
        }

        Enumerable.Range(0, 8).Select(b => prepared[b, 0].sum().ToSingle() + prepared[b, 0, 0, 3].square().sum().ToSingle()).Distinct().Should().HaveCountGreaterThan(4);
    }

    [Theory]
    [InlineData("shift")]
    [InlineData("colors")]
    [InlineData("blur")]
    [InlineData("erase")]
    public void In_use_nothing_is_changed_and_in_training_the_seed_decides(string change)
    {
        using ImagePreprocessor plain = new(ImageScaling.ImageNet, null, null), changing = Of(change);
        using Tensor frames = Frame(16, 20);
        plain.eval();
        changing.eval();
        float[] untouched = plain.Prepare(frames, null).Values();
        changing.Prepare(frames, new Generator(1, CPU)).Values().Should().Equal(untouched);
        changing.train();
        float[] first = changing.Prepare(frames, new Generator(1, CPU)).Values();
        changing.Prepare(frames, new Generator(1, CPU)).Values().Should().Equal(first).And.NotEqual(untouched);
    }

    [Fact]
    public void A_shift_moves_by_whole_pixels_up_to_its_limit_and_repeats_the_edge()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, null, null, new ImageAugmentation { Shift = 2 });
        preprocessor.train();
        byte[] bytes = [.. Enumerable.Range(0, 10 * 12).SelectMany(i => new[] { (byte)(i / 12), (byte)(i % 12), (byte)0 })];
        using Tensor frames = tensor(bytes, [1, 1, 10, 12, 3]).expand(200, 1, 10, 12, 3).contiguous();
        using Tensor prepared = preprocessor.Prepare(frames, new Generator(1, CPU)).add(1f).mul(127.5f).round();
        HashSet<(int, int)> seen = [];
        for (int b = 0; b < 200; b++)
        {
            (int down, int right) = ((int)prepared[b, 0, 5, 5].ToSingle() - 5, (int)prepared[b, 1, 5, 5].ToSingle() - 5);
            seen.Add((down, right));
            prepared[b, 0, 0, 0].ToSingle().Should().Be(Math.Max(down, 0));
            prepared[b, 1, 0, 11].ToSingle().Should().Be(Math.Min(11 + right, 11));
        }

        seen.Should().HaveCount(25).And.OnlyContain(move => Math.Abs(move.Item1) <= 2 && Math.Abs(move.Item2) <= 2);
    }

    [Fact]
    public void What_is_erased_is_one_rectangle_of_the_mean_color_within_its_share()
    {
        using var preprocessor = new ImagePreprocessor(ImageScaling.Symmetric, null, null, new ImageAugmentation { EraseProbability = 0.5, EraseMinimum = 0.05, EraseMaximum = 0.2 });
        preprocessor.train();
        using Tensor frames = ones([400, 1, 30, 40, 3]).mul(250f).to(ScalarType.Byte);
        using Tensor erased = preprocessor.Prepare(frames, new Generator(2, CPU)).select(1, 0).eq(0);
        int some = 0;
        for (int b = 0; b < 400; b++)
        {
            float pixels = erased[b].sum().ToSingle();
            if (pixels == 0) continue;
            some++;
            float rows = erased[b].any(1).sum().ToSingle(), columns = erased[b].any(0).sum().ToSingle();
            (rows * columns).Should().Be(pixels, "it is a rectangle");
            (pixels / 1200).Should().BeInRange(0.04f, 0.22f);
        }

        some.Should().BeInRange(160, 240);
    }

    [Fact]
    public void Every_fault_of_its_options_is_listed()
    {
        new ImageAugmentation { Shift = -1, Brightness = -1, Hue = 0.6, BlurProbability = 2, BlurKernel = 4, BlurSigmaMinimum = 0, EraseProbability = double.NaN, EraseMaximum = 1 }.Problems().Should().HaveCount(8);
        new ImageAugmentation().Problems().Should().BeEmpty();
        var camera = new ObservationSpec(new FeatureSpec("front", FeatureElement.UInt8, 8, 8, 3), new FeatureSpec("depth", FeatureElement.UInt16, 8, 8));
        new ResNetEncoderConfig { Augmentation = new ImageAugmentation { BlurProbability = 1, BlurKernel = 17 } }.Problems(camera, 1).Should().HaveCount(2).And.Contain(p => p.Contains("'depth'", StringComparison.Ordinal));
    }

    private static ImagePreprocessor Of(string change) => new(ImageScaling.ImageNet, null, null, change switch
    {
        "shift" => new ImageAugmentation { Shift = 3 },
        "colors" => new ImageAugmentation { Brightness = 0.3, Contrast = 0.3, Saturation = 0.3, Hue = 0.2 },
        "blur" => new ImageAugmentation { BlurProbability = 0.8 },
        _ => new ImageAugmentation { EraseProbability = 0.9 },
    });

    private static Tensor Frame(int height, int width) => FormulaWeights.Input(1, 1, height, width, 3).mul(200f).add(128f).clamp(0f, 255f).to(ScalarType.Byte).view(1, 1, height, width, 3);

    private static Tensor Numbers(string name) => tensor(Golden.GetProperty(name).Floats());
}
