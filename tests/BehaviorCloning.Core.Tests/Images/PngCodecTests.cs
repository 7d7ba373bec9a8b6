using System.Buffers.Binary;
using System.Runtime.InteropServices;
using BehaviorCloning.Images;
using FsCheck.Xunit;

namespace BehaviorCloning.Core.Tests.Images;

public sealed class PngCodecTests
{
    public static TheoryData<string> Files => [.. ImageGoldens.All.Keys.Where(name => name.EndsWith(".png", StringComparison.Ordinal) && !name.StartsWith("depth", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_decodes_as_Pillow_decodes_it(string name)
    {
        GoldenImage golden = ImageGoldens.All[name];
        Image image = PngCodec.Decode(golden.File);
        (image.Height, image.Width, image.Channels).Should().Be((golden.Height, golden.Width, golden.Channels));
        image.Pixels.ToArray().Should().Equal(golden.Pixels);
    }

    [Theory]
    [InlineData("depth.png")]
    [InlineData("depth with gamma.png")]
    public void Depth_is_what_is_stored_whatever_the_file_says_of_gamma(string name)
    {
        GoldenImage golden = ImageGoldens.All[name];
        DepthImage depth = PngCodec.DecodeDepth(golden.File);
        (depth.Height, depth.Width).Should().Be((golden.Height, golden.Width));
        depth.ToBytes().Should().Equal(golden.Pixels);
        FluentActions.Invoking(() => PngCodec.Decode(golden.File)).Should().Throw<InvalidDataException>().WithMessage("*16 bits*DecodeDepth*");
    }

    [Property(MaxTest = 40)]
    public void What_is_encoded_decodes_to_the_same_bytes(int seed)
    {
        Random random = new(seed);
        (int height, int width, int channels) = (1 + random.Next(40), 1 + random.Next(40), 1 + random.Next(4));
        byte[] pixels = Noise(random, height * width * channels);
        foreach (PngEffort effort in Enum.GetValues<PngEffort>())
        {
            byte[] file = PngCodec.Encode(new Image(height, width, channels, pixels), effort);
            PngCodec.Decode(file).Pixels.ToArray().Should().Equal(pixels);
            byte[] known = new byte[pixels.Length];
            PngCodec.DecodeInto(file, height, width, channels, known);
            known.Should().Equal(pixels);
        }

        ushort[] values = MemoryMarshal.Cast<byte, ushort>(Noise(random, height * width * 2)).ToArray();
        PngCodec.DecodeDepth(PngCodec.Encode(new DepthImage(height, width, values))).Values.ToArray().Should().Equal(values);
    }

    [Fact]
    public void Cut_off_anywhere_it_is_refused()
    {
        byte[] file = ImageGoldens.All["rgb.png"].File;
        for (int length = 0; length < file.Length; length++)
        {
            byte[] cut = file[..length];
            FluentActions.Invoking(() => PngCodec.Decode(cut)).Should().Throw<InvalidDataException>("{0} of {1} bytes are there", length, file.Length);
        }
    }

    [Fact]
    public void With_any_byte_changed_it_is_refused()
    {
        byte[] file = ImageGoldens.All["rgb.png"].File;
        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x41;
            FluentActions.Invoking(() => PngCodec.Decode(changed)).Should().Throw<InvalidDataException>("byte {0} was changed", i);
        }
    }

    [Fact]
    public void A_header_that_claims_too_much_allocates_nothing()
    {
        byte[] file = [.. ImageGoldens.All["rgb.png"].File];
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 8000);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 8000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => PngCodec.Decode(file)).Should().Throw<InvalidDataException>().WithMessage("*8000 x 8000*header is damaged*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
        FluentActions.Invoking(() => PngCodec.Decode(file, maxPixels: 1000)).Should().Throw<InvalidDataException>().WithMessage("*at most 1000 are decoded*");
        PngCodec.Decode(ImageGoldens.All["rgb.png"].File, maxPixels: 13 * 19).Width.Should().Be(19);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), uint.MaxValue);
        FluentActions.Invoking(() => PngCodec.Decode(file)).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void Another_size_than_expected_is_named()
    {
        byte[] file = ImageGoldens.All["rgb.png"].File;
        FluentActions.Invoking(() => PngCodec.DecodeInto(file, 19, 13, 3, new byte[741])).Should().Throw<InvalidDataException>().WithMessage("*is 13 x 19 x 3, expected 19 x 13 x 3*");
    }

    [Fact]
    public void A_missing_library_is_named_with_its_package() =>
        FluentActions.Invoking(() => new LibPng(["libpng-that-is-not-here.so"])).Should().Throw<DllNotFoundException>().WithMessage("*libpng-that-is-not-here.so*apt install libpng16-16*");

    [SkippableFact]
    public void Real_photographs_and_camera_frames_are_read()
    {
        Image coffee = ImageFile.Read(TestData.Require("images/skimage/coffee.png"));
        (coffee.Height, coffee.Width, coffee.Channels).Should().Be((400, 600, 3));
        Image gray = ImageFile.Read(TestData.Require("images/skimage/camera.png"));
        gray.ToRgb().Pixels.Span[3 * 1000].Should().Be(gray.Pixels.Span[1000]);
    }

    private static byte[] Noise(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
