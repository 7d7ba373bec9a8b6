using BehaviorCloning.Images;

namespace BehaviorCloning.Core.Tests.Images;

public sealed class ImageFileTests
{
    [Fact]
    public void The_first_bytes_say_what_a_file_is_and_its_name_how_it_is_written()
    {
        using TemporaryFolder folder = new();
        Image image = PngCodec.Decode(ImageGoldens.All["rgb.png"].File);
        foreach (string name in new[] { "a.png", "a.JPG", "a.jpeg" }) ImageFile.Write(folder[name], image);
        ImageFile.Read(folder["a.png"]).Pixels.ToArray().Should().Equal(image.Pixels.ToArray());
        File.Move(folder["a.JPG"], folder["misnamed.png"]);
        ImageFile.Read(folder["misnamed.png"]).Width.Should().Be(19);
        DepthImage depth = PngCodec.DecodeDepth(ImageGoldens.All["depth.png"].File);
        ImageFile.Write(folder["depth.png"], depth);
        ImageFile.ReadDepth(folder["depth.png"]).ToBytes().Should().Equal(depth.ToBytes());
    }

    [Fact]
    public void What_cannot_be_read_or_written_is_named()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["text.png"], "no image");
        FluentActions.Invoking(() => ImageFile.Read(folder["text.png"])).Should().Throw<InvalidDataException>().WithMessage("*text.png*neither a PNG nor a JPEG*");
        FluentActions.Invoking(() => ImageFile.Read(folder["none.png"])).Should().Throw<FileNotFoundException>().WithMessage("*none.png*");
        FluentActions.Invoking(() => ImageFile.Write(folder["a.bmp"], new Image(1, 1, 1, new byte[1]))).Should().Throw<ArgumentException>().WithMessage("*.bmp*");
    }

    [Fact]
    public void Gray_becomes_three_equal_channels_and_a_transparent_pixel_none()
    {
        new Image(1, 2, 1, new byte[] { 7, 9 }).ToRgb().Pixels.ToArray().Should().Equal(7, 7, 7, 9, 9, 9);
        new Image(1, 1, 4, new byte[] { 1, 2, 3, 255 }).ToRgb().Pixels.ToArray().Should().Equal(1, 2, 3);
        new Image(1, 1, 2, new byte[] { 5, 255 }).ToRgb().Pixels.ToArray().Should().Equal(5, 5, 5);
        FluentActions.Invoking(() => new Image(1, 2, 4, new byte[] { 1, 2, 3, 255, 1, 2, 3, 254 }).ToRgb()).Should().Throw<InvalidOperationException>().WithMessage("*Pixel 1 of row 0 is transparent*");
        FluentActions.Invoking(() => new Image(2, 2, 3, new byte[11])).Should().Throw<ArgumentException>().WithMessage("*takes 12 bytes; got 11*");
    }

    [Fact]
    public void Distances_that_were_not_measured_become_zero_and_near_ones_do_not()
    {
        byte[] bytes = DepthImage.BytesOfMeters([float.NaN, float.PositiveInfinity, -1, 0, 0.0001f, 1.2344f, 65.535f, 65.6f]);
        Enumerable.Range(0, 8).Select(i => (int)BitConverter.ToUInt16(bytes, 2 * i)).Should().Equal(0, 0, 0, 0, 1, 1234, 65535, 0);
    }
}
