using System.Diagnostics;
using System.Text.Json;
using BehaviorCloning.Datasets;
using BehaviorCloning.Features;

namespace BehaviorCloning.Benchmarks;

/// <summary>
/// What the geometric features say of the image pairs of a folder, for compare_opencv.py, which made them and judges both libraries alike:
/// <c>sift-*-a.npy</c> and <c>-b.npy</c>, <c>flow-*</c>, <c>stereo-*</c>, each [height, width] bytes.
/// </summary>
internal static class VisionPairs
{
    public static void Run(string folder, int sizeLimit)
    {
        Dictionary<string, double> milliseconds = [];
        foreach (string path in Directory.GetFiles(folder, "*-a.npy").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path)[..^"-a.npy".Length], stem = Path.Combine(folder, name);
            GrayImage a = Read($"{stem}-a.npy"), b = Read($"{stem}-b.npy");
            long start = Stopwatch.GetTimestamp();
            switch (name[..name.IndexOf('-', StringComparison.Ordinal)])
            {
                case "sift":
                    var detector = new SiftDetector(new SiftOptions { MaximumFeatures = sizeLimit });
                    IReadOnlyList<SiftFeature> first = detector.Detect(a), second = detector.Detect(b);
                    milliseconds[name] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / 2;
                    Write($"{stem}-a.features.npy", Rows(first), first.Count, 5 + SiftFeature.DescriptorSize);
                    Write($"{stem}-b.features.npy", Rows(second), second.Count, 5 + SiftFeature.DescriptorSize);
                    IReadOnlyList<FeatureMatch> matches = new FeatureMatcher().Match(first, second);
                    Write($"{stem}.matches.npy", [.. matches.SelectMany(m => new float[] { m.First, m.Second })], matches.Count, 2);
                    break;
                case "flow":
                    FlowField flow = new OpticalFlow().Estimate(a, b);
                    milliseconds[name] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    float[] motion = new float[2 * a.Width * a.Height];
                    for (int i = 0; i < motion.Length / 2; i++) (motion[2 * i], motion[(2 * i) + 1]) = (flow.U.Span[i], flow.V.Span[i]);
                    Write($"{stem}.flow.npy", motion, a.Height, a.Width, 2);
                    break;
                case "stereo":
                    DisparityMap map = new StereoMatcher(new StereoOptions { Disparities = 80 }).Match(a, b);
                    milliseconds[name] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    Write($"{stem}.disparity.npy", map.Disparities.Span, a.Height, a.Width);
                    break;
                default:
                    throw new InvalidDataException($"'{path}' is none of sift-*, flow-*, stereo-*.");
            }
        }

        File.WriteAllText(Path.Combine(folder, "milliseconds.json"), JsonSerializer.Serialize(milliseconds));
    }

    private static GrayImage Read(string path)
    {
        NpyArray array = NpyArray.ReadFile(path);
        return GrayImage.FromBytes(array.Data.Span, (int)array.Shape[1], (int)array.Shape[0], 1);
    }

    private static float[] Rows(IReadOnlyList<SiftFeature> features) =>
        [.. features.SelectMany(f => (float[])[f.X, f.Y, f.Scale, f.Angle, f.Response, .. f.Descriptor.Span])];

    private static void Write(string path, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        using FileStream file = File.Create(path);
        NpyArray.Of(values, shape).Write(file);
    }
}
