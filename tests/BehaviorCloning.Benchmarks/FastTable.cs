using System.Globalization;
using BehaviorCloning.Actions;
using BehaviorCloning.Datasets;

namespace BehaviorCloning.Benchmarks;

/// <summary>Tokens a chunk and what is lost, FAST beside 256 bins a value, on real recordings: the table of docs/results/fast-tokenizer.md.</summary>
internal static class FastTable
{
    private const int Steps = 50, VocabularySize = 1024;

    public static void Print(string data)
    {
        Console.WriteLine($"{"data",-20}{"scale",6}{"chunks",8}{"naive",7}{"mean",7}{"p50",5}{"p99",5}{"ratio",7}{"FAST rmse",12}{"bins 1-99%",12}{"bins 0-100%",13}{"exact",8}{"train s",9}");
        List<float[]> arms = [.. Directory.GetFiles(Path.Combine(data, "g1_lerobot_v21"), "episode_*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => Columns(FloatListColumn.Read(path, "action"), from: 26, to: 14))];
        // Episodes in their order: the last fifth is held out.
        Rows("G1, 14 arm joints", arms[..80], arms[80..], 14, "rad");

        List<float[]> first = [], last = [];
        foreach (string shape in Directory.GetFiles(Path.Combine(data, "lasa"), "*.npz").Order(StringComparer.Ordinal))
        {
            float[] positions = LasaPositions(shape);
            // 7 demonstrations of 1,000 points; every tenth, about 20 a second. Two of each shape are held out.
            for (int demonstration = 0; demonstration < 7; demonstration++)
            {
                float[] path = [.. Enumerable.Range(0, 100).SelectMany(i => positions.AsSpan(((demonstration * 1000) + (10 * i)) * 2, 2).ToArray())];
                (demonstration < 5 ? first : last).Add(path);
            }
        }

        Rows("LASA, 2 positions", first, last, 2, "mm");
    }

    private static void Rows(string name, List<float[]> training, List<float[]> held, int dimension, string unit)
    {
        float[] low = new float[dimension], high = new float[dimension];
        for (int d = 0; d < dimension; d++)
        {
            float[] sorted = [.. training.SelectMany(episode => Enumerable.Range(0, episode.Length / dimension).Select(t => episode[(t * dimension) + d])).Order()];
            (low[d], high[d]) = (sorted[(int)(0.01 * (sorted.Length - 1))], sorted[(int)(0.99 * (sorted.Length - 1))]);
        }

        float[][] learn = Chunks(training, low, high, stride: 2), test = Chunks(held, low, high, stride: 10);
        // Between the percentiles, as the heads have them, and between the extremes of the training data.
        var bins = new UniformBins([.. low.Select(_ => -1f)], [.. low.Select(_ => 1f)]);
        var wide = new UniformBins([.. Extremes(learn, dimension, Math.Min)], [.. Extremes(learn, dimension, Math.Max)]);
        foreach (double scale in new[] { 5.0, 10, 20 })
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            FastTokenizer trained = FastTokenizer.Train(learn.Select(chunk => (ReadOnlyMemory<float>)chunk), dimension, new FastTrainingOptions { Scale = scale, VocabularySize = VocabularySize });
            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
            var tokenizer = new FastTokenizer(trained.Vocabulary, trained.MinToken, scale) { Failure = FastFailure.Relaxed };
            int[] lengths = new int[test.Length];
            double fast = 0, binned = 0, wideBinned = 0;
            int exact = 0;
            for (int i = 0; i < test.Length; i++)
            {
                int[] tokens = tokenizer.Encode(test[i], dimension);
                lengths[i] = tokens.Length;
                float[] back = tokenizer.Decode(tokens, Steps, dimension);
                if (tokenizer.Quantize(back, dimension).AsSpan().SequenceEqual(tokenizer.Quantize(test[i], dimension))) exact++;
                fast += SquareError(back, test[i], low, high);
                binned += SquareError(bins.Decode(bins.Encode(test[i])), test[i], low, high);
                wideBinned += SquareError(wide.Decode(wide.Encode(test[i])), test[i], low, high);
            }

            Array.Sort(lengths);
            double mean = lengths.Average();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-20}{scale,6}{test.Length,8}{Steps * dimension,7}{mean,7:0.0}{lengths[lengths.Length / 2],5}{lengths[(int)(0.99 * (lengths.Length - 1))],5}{Steps * dimension / mean,6:0.0}x{Math.Sqrt(fast / test.Length),8:0.0000} {unit,3}{Math.Sqrt(binned / test.Length),8:0.0000} {unit,3}{Math.Sqrt(wideBinned / test.Length),9:0.0000} {unit,3}{(double)exact / test.Length,8:0.0%}{seconds,9:0.0}"));
        }
    }

    // Normalized by the percentiles to [-1, 1], not clipped.
    private static float[][] Chunks(List<float[]> episodes, float[] low, float[] high, int stride)
    {
        int dimension = low.Length;
        List<float[]> chunks = [];
        foreach (float[] episode in episodes)
        {
            for (int start = 0; start + Steps <= episode.Length / dimension; start += stride)
            {
                float[] chunk = episode.AsSpan(start * dimension, Steps * dimension).ToArray();
                for (int i = 0; i < chunk.Length; i++) chunk[i] = (2 * (chunk[i] - low[i % dimension]) / (high[i % dimension] - low[i % dimension])) - 1;
                chunks.Add(chunk);
            }
        }

        return [.. chunks];
    }

    private static IEnumerable<float> Extremes(float[][] chunks, int dimension, Func<float, float, float> better) =>
        Enumerable.Range(0, dimension).Select(d => chunks.SelectMany(chunk => Enumerable.Range(0, Steps).Select(t => chunk[(t * dimension) + d])).Aggregate(better));

    // In raw units, mean over all values.
    private static double SquareError(float[] a, float[] b, float[] low, float[] high)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double error = (a[i] - b[i]) * 0.5 * (high[i % low.Length] - low[i % low.Length]);
            sum += error * error;
        }

        return sum / a.Length;
    }

    private static float[] Columns(float[] rows, int from, int to) =>
        [.. Enumerable.Range(0, rows.Length / from).SelectMany(t => rows.AsSpan(t * from, to).ToArray())];

    private static float[] LasaPositions(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        return file.Read("position").ToSingles();
    }
}
