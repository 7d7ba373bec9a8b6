using System.Diagnostics;
using BehaviorCloning.Actions;
using BehaviorCloning.Engine;

namespace BehaviorCloning.Benchmarks;

/// <summary>Chunks encoded and decoded a second on one core, and the time to train a vocabulary.</summary>
internal static class FastBenchmark
{
    /// <summary>Prints a row for chunks of each size; the chunks are sums of slow sines and a little noise, as robot motion is.</summary>
    public static IEnumerable<(string Name, double Value)> Run(bool quick)
    {
        int count = quick ? 10_000 : 100_000;
        foreach ((int steps, int dimension) in new[] { (16, 2), (50, 14) })
        {
            float[][] chunks = Make(count, steps, dimension);
            long start = Stopwatch.GetTimestamp();
            FastTokenizer tokenizer = FastTokenizer.Train(chunks.Select(chunk => (ReadOnlyMemory<float>)chunk), dimension);
            double training = Stopwatch.GetElapsedTime(start).TotalSeconds;
            int[][] tokens = [.. chunks.Take(5000).Select(chunk => tokenizer.Encode(chunk, dimension))];
            string name = $"{steps} x {dimension}";
            yield return ($"fast/{name}: seconds to train {tokenizer.Vocabulary.Count} tokens on {count:N0} chunks", training);
            yield return ($"fast/{name}: tokens a chunk", tokens.Average(row => row.Length));
            yield return ($"fast/{name}: chunks encoded a second", Rate(i => tokenizer.Encode(chunks[i], dimension), tokens.Length));
            yield return ($"fast/{name}: chunks decoded a second", Rate(i => tokenizer.Decode(tokens[i], steps, dimension), tokens.Length));
        }
    }

    // The median of five passes.
    private static double Rate(Action<int> work, int count)
    {
        double[] seconds = [.. Enumerable.Range(0, 6).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++) work(i);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Skip(1).Order()];
        return count / seconds[2];
    }

    private static float[][] Make(int count, int steps, int dimension)
    {
        var random = new RandomStream(3);
        float[][] chunks = new float[count][];
        for (int n = 0; n < count; n++)
        {
            float[] chunk = chunks[n] = new float[steps * dimension];
            for (int d = 0; d < dimension; d++)
            {
                double offset = (1.4 * random.NextUniform()) - 0.7, size = 0.5 * random.NextUniform(), rate = 3 * random.NextUniform() / steps, phase = 2 * Math.PI * random.NextUniform();
                for (int t = 0; t < steps; t++) chunk[(t * dimension) + d] = (float)(offset + (size * Math.Sin((2 * Math.PI * rate * t) + phase)) + (0.01 * random.NextNormal()));
            }
        }

        return chunks;
    }
}
