using BehaviorCloning.Features;
using BehaviorCloning.Images;

namespace BehaviorCloning.Core.Tests.Features;

/// <summary>Images whose every motion is known.</summary>
internal static class Scenes
{
    /// <summary>Photographs. Skips the test where they are absent.</summary>
    public static IEnumerable<(string Name, GrayImage Image)> Photographs(params string[] names)
    {
        foreach (string name in names)
        {
            Image image = ImageFile.Read(TestData.Require($"images/skimage/{name}")).ToRgb();
            yield return (name, GrayImage.FromBytes(image.Pixels.Span, image.Width, image.Height, image.Channels));
        }
    }

    /// <summary>A function of the plane, drawn: luminance between pixels is known exactly.</summary>
    public static GrayImage Draw(int width, int height, Func<double, double, double> luminance)
    {
        float[] pixels = new float[width * height];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (float)luminance(i % width, i / width);
        return new GrayImage(width, height, pixels);
    }

    /// <summary>Smooth blobs of many sizes at random places, about one for 60 square pixels.</summary>
    public static Func<double, double, double> Blobs(int width, int height, int seed)
    {
        var random = new Random(seed);
        (double X, double Y, double S, double A)[] blobs = [.. Enumerable.Range(0, width * height / 60)
            .Select(_ => (random.NextDouble() * width, random.NextDouble() * height, 1.2 + (4 * random.NextDouble()), random.NextDouble() - 0.5))];
        return (x, y) =>
        {
            double sum = 0;
            foreach ((double bx, double by, double s, double a) in blobs)
            {
                double square = (((x - bx) * (x - bx)) + ((y - by) * (y - by))) / (s * s);
                if (square < 20) sum += a * Math.Exp(-square / 2);
            }

            return 0.5 + (0.3 * Math.Tanh(sum));
        };
    }

    /// <summary>A mixture of waves of many lengths and directions: structure everywhere, and cheap to draw.</summary>
    public static Func<double, double, double> Waves(int seed)
    {
        var random = new Random(seed);
        (double X, double Y, double Phase)[] waves = [.. Enumerable.Range(0, 20).Select(_ =>
        {
            double direction = Math.Tau * random.NextDouble(), length = 4 * Math.Pow(8, random.NextDouble());
            return (Math.Tau * Math.Cos(direction) / length, Math.Tau * Math.Sin(direction) / length, Math.Tau * random.NextDouble());
        })];
        return (x, y) => 0.5 + (0.3 * Math.Tanh(0.4 * waves.Sum(w => Math.Sin((w.X * x) + (w.Y * y) + w.Phase))));
    }

    /// <summary>An image turned, scaled and moved: what is at p in it appears at scale R(angle) (p - center) + center.</summary>
    public static GrayImage Turned(GrayImage image, double angle, double scale)
    {
        (double sin, double cos) = Math.SinCos(angle);
        double centerX = (image.Width - 1) / 2.0, centerY = (image.Height - 1) / 2.0;
        GrayImage source = scale < 1 ? image.Blurred(0.5 * Math.Sqrt((1 / (scale * scale)) - 1)) : image;
        return Draw(image.Width, image.Height, (x, y) =>
        {
            double dx = (x - centerX) / scale, dy = (y - centerY) / scale;
            return Cubic(source, centerX + (cos * dx) + (sin * dy), centerY + (cos * dy) - (sin * dx));
        });
    }

    public static (double X, double Y) Turn(GrayImage image, double angle, double scale, double x, double y)
    {
        (double sin, double cos) = Math.SinCos(angle);
        double centerX = (image.Width - 1) / 2.0, centerY = (image.Height - 1) / 2.0, dx = x - centerX, dy = y - centerY;
        return (centerX + (scale * ((cos * dx) - (sin * dy))), centerY + (scale * ((sin * dx) + (cos * dy))));
    }

    /// <summary>Luminance between pixels (Catmull-Rom), the border repeated.</summary>
    public static double Cubic(GrayImage image, double x, double y)
    {
        int x0 = (int)Math.Floor(x), y0 = (int)Math.Floor(y);
        Span<double> wx = stackalloc double[4], wy = stackalloc double[4];
        Weights(x - x0, wx);
        Weights(y - y0, wy);
        double sum = 0;
        for (int j = 0; j < 4; j++)
        {
            for (int i = 0; i < 4; i++)
                sum += wx[i] * wy[j] * image[Math.Clamp(x0 + i - 1, 0, image.Width - 1), Math.Clamp(y0 + j - 1, 0, image.Height - 1)];
        }

        return Math.Clamp(sum, 0, 1);

        static void Weights(double t, Span<double> w)
        {
            w[0] = 0.5 * t * (-1 + (t * (2 - t)));
            w[1] = 0.5 * (2 + (t * t * ((3 * t) - 5)));
            w[2] = 0.5 * t * (1 + (t * (4 - (3 * t))));
            w[3] = 0.5 * t * t * (t - 1);
        }
    }
}
