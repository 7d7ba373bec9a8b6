using System.Globalization;
using BehaviorCloning.Encoders;
using BehaviorCloning.Images;
using BehaviorCloning.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Benchmarks;

/// <summary>
/// What frames take as PNG and JPEG, and how many are decoded and augmented a second on one thread, beside Pillow by turns: the tables of
/// docs/images.md.
/// </summary>
internal static class ImageTable
{
    private const int Frames = 200, Rounds = 5;

    public static void Print(string? photograph, string python)
    {
        set_num_threads(1);
        string folder = Directory.CreateTempSubdirectory("bc-images-").FullName;
        try
        {
            var renderer = new PushTRenderer(PushTPose.DefaultGoal);
            var random = new Random(1);
            Image[] pushT = [.. Enumerable.Range(0, Frames).Select(_ => new Image(96, 96, 3, renderer.Render(
                new PushTState(random.Next(50, 450), random.Next(50, 450), random.Next(100, 400), random.Next(100, 400), 2 * Math.PI * random.NextDouble()))))];
            Console.WriteLine($"{"",-34}{"bytes",9}{"of raw",9}{"encode/s",10}{"decode/s",10}{"Pillow/s",10}");
            Rows("Push-T 96 x 96", pushT, folder, python);
            if (photograph is not null)
            {
                Image picture = ImageFile.Read(photograph).ToRgb();
                Rows($"photograph {picture.Height} x {picture.Width}", [.. Enumerable.Repeat(picture, 10)], folder, python);
            }

            Augment(pushT);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Rows(string what, Image[] images, string folder, string python)
    {
        long raw = images.Sum(image => (long)image.Pixels.Length);
        Console.WriteLine($"{what + ", raw",-34}{raw / images.Length,9}{1,9:P1}");
        foreach ((string name, string extension, Func<Image, byte[]> encode, Func<byte[], Image> decode) in new (string, string, Func<Image, byte[]>, Func<byte[], Image>)[]
        {
            ("PNG, fast", "png", image => PngCodec.Encode(image, PngEffort.Fast), file => PngCodec.Decode(file)),
            ("PNG, normal", "png", image => PngCodec.Encode(image), file => PngCodec.Decode(file)),
            ("JPEG 95", "jpg", image => JpegCodec.Encode(image), file => JpegCodec.Decode(file)),
            ("JPEG 85, 4:2:0", "jpg", image => JpegCodec.Encode(image, 85, JpegSampling.Quarter), file => JpegCodec.Decode(file)),
        })
        {
            byte[][] files = [.. images.Select(encode)];
            string[] paths = [.. files.Select((_, i) => Path.Combine(folder, $"{i}.{extension}"))];
            for (int i = 0; i < files.Length; i++) File.WriteAllBytes(paths[i], files[i]);
            double encoding = Measurement.Time(() => Array.ForEach(images, image => encode(image)), 1) / images.Length;
            var measurement = new Measurement(name);
            Measurement.Time(() => Array.ForEach(files, file => decode(file)), 3);
            for (int round = 0; round < Rounds; round++)
                measurement.Add(Measurement.Time(() => Array.ForEach(files, file => decode(file)), 3) / files.Length, Pillow(python, folder, files.Length, extension));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what + ", " + name,-34}{files.Sum(file => (long)file.Length) / files.Length,9}{(double)files.Sum(file => (long)file.Length) / raw,9:P1}{1 / encoding,10:N0}{1 / measurement.OursSeconds,10:N0}{1 / measurement.TheirsSeconds ?? double.NaN,10:N0}"));
        }
    }

    // Seconds an image, as the other process measures them itself.
    private static double? Pillow(string python, string folder, int count, string extension)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            python, [Path.Combine(AppContext.BaseDirectory, "peer_images.py"), folder, count.ToString(CultureInfo.InvariantCulture), extension]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(answer, CultureInfo.InvariantCulture) : null;
    }

    private static void Augment(Image[] images)
    {
        const int Batch = 64;
        using Tensor frames = stack([.. images.Take(Batch).Select(image => tensor(image.Pixels.ToArray(), [1, 96, 96, 3]))]);
        foreach ((string name, ImageAugmentation? augmentation) in new (string, ImageAugmentation?)[]
        {
            ("crop 84 x 84", null),
            ("crop, shift", new ImageAugmentation { Shift = 4 }),
            ("crop, brightness to saturation", new ImageAugmentation { Brightness = 0.3, Contrast = 0.3, Saturation = 0.3 }),
            ("crop, hue", new ImageAugmentation { Hue = 0.05 }),
            ("crop, blur of 5", new ImageAugmentation { BlurProbability = 0.5 }),
            ("crop, erasing", new ImageAugmentation { EraseProbability = 0.5 }),
        })
        {
            using var preprocessor = new ImagePreprocessor(ImageScaling.ImageNet, null, new ImageSize(84, 84), augmentation);
            preprocessor.train();
            using var random = new Generator(1, CPU);
            using IDisposable noGradient = no_grad();
            void Prepare() => preprocessor.Prepare(frames, random).Dispose();
            Measurement.Time(Prepare, 5);
            double[] seconds = [.. Enumerable.Range(0, Rounds).Select(_ => Measurement.Time(Prepare, 10)).Order()];
            Console.WriteLine($"{name,-34}{Batch / seconds[Rounds / 2],10:N0} images a second");
        }
    }
}
