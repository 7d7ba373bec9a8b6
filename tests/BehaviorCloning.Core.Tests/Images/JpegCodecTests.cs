using BehaviorCloning.Images;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Images;

public sealed class JpegCodecTests
{
    public static TheoryData<string> Files => [.. ImageGoldens.All.Keys.Where(name => name.EndsWith(".jpg", StringComparison.Ordinal) && name != "print.jpg")];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_decodes_as_Pillow_decodes_it(string name)
    {
        GoldenImage golden = ImageGoldens.All[name];
        Image image = JpegCodec.Decode(golden.File);
        (image.Height, image.Width, image.Channels).Should().Be((golden.Height, golden.Width, golden.Channels));
        image.Pixels.ToArray().Zip(golden.Pixels, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThanOrEqualTo(1);
    }

    [Property(MaxTest = 30)]
    public void What_is_encoded_decodes_nearly_alike_and_the_nearer_the_better_the_quality(int seed)
    {
        Random random = new(seed);
        (int height, int width, int channels) = (8 + random.Next(40), 8 + random.Next(40), random.Next(2) == 0 ? 1 : 3);
        byte[] pixels = new byte[height * width * channels];
        (double a, double b, double c) = (random.NextDouble(), random.NextDouble(), 6 * random.NextDouble());
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(128 + (100 * Math.Sin((a * (i / channels % width) / 4) + (b * (i / channels / width) / 4) + (c * (i % channels)))));
        double good = Error(100), usual = Error(95), poor = Error(10);
        good.Should().BeLessThan(1.5);
        usual.Should().BeLessThan(4);
        poor.Should().BeGreaterThan(good);

        double Error(int quality) => JpegCodec.Decode(JpegCodec.Encode(new Image(height, width, channels, pixels), quality)).Pixels.ToArray().Zip(pixels, (x, y) => Math.Abs(x - y)).Average();
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused()
    {
        foreach (string name in new[] { "420.jpg", "progressive.jpg" })
        {
            byte[] file = ImageGoldens.All[name].File;
            for (int length = 0; length < file.Length - 2; length++)
            {
                byte[] cut = file[..length];
                FluentActions.Invoking(() => JpegCodec.Decode(cut)).Should().Throw<InvalidDataException>("{0} of {1} bytes of {2} are there", length, file.Length, name);
            }
        }
    }

    [Fact]
    public void With_any_byte_changed_it_is_refused_or_an_image_of_bounded_size()
    {
        byte[] file = ImageGoldens.All["420.jpg"].File;
        int refused = 0;
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x41;
            try
            {
                Image image = JpegCodec.Decode(changed);
                ((long)image.Height * image.Width).Should().BeLessThan(1 << 20);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // JPEG has no checksum: a changed coefficient is another picture.
        refused.Should().BeInRange(file.Length / 20, file.Length);
    }

    [Fact]
    public void A_header_that_claims_too_much_allocates_nothing()
    {
        byte[] file = [.. ImageGoldens.All["444.jpg"].File];
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = (0x1F, 0x40, 0x1F, 0x40);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => JpegCodec.Decode(file)).Should().Throw<InvalidDataException>().WithMessage("*8000 x 8000*header is damaged*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
        FluentActions.Invoking(() => JpegCodec.Decode(file, maxPixels: 1000)).Should().Throw<InvalidDataException>().WithMessage("*at most 1000 are decoded*");
    }

    [Fact]
    public void A_file_for_print_is_refused() =>
        FluentActions.Invoking(() => JpegCodec.Decode(ImageGoldens.All["print.jpg"].File)).Should().Throw<InvalidDataException>().WithMessage("*print*");

    [Fact]
    public void Opacity_and_an_impossible_quality_are_refused()
    {
        FluentActions.Invoking(() => JpegCodec.Encode(new Image(1, 1, 4, new byte[4]))).Should().Throw<ArgumentException>().WithMessage("*opacity*PNG*");
        FluentActions.Invoking(() => JpegCodec.Encode(new Image(1, 1, 3, new byte[3]), 101)).Should().Throw<ArgumentException>().WithMessage("*1 to 100*");
    }

    [Fact]
    public void A_missing_library_is_named_with_its_package() =>
        FluentActions.Invoking(() => new TurboJpeg(["libturbojpeg-that-is-not-here.so"])).Should().Throw<DllNotFoundException>().WithMessage("*libturbojpeg-that-is-not-here.so*apt install libturbojpeg0*");

    [SkippableFact]
    public void Real_photographs_are_read()
    {
        Image rocket = ImageFile.Read(TestData.Require("images/skimage/rocket.jpg"));
        (rocket.Height, rocket.Width, rocket.Channels).Should().Be((427, 640, 3));
    }
}
