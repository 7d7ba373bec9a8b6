using System.Runtime.InteropServices;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>Collects what a report says, block by block.</summary>
internal sealed class PretrainingMeasurement(PretrainedNetwork network, FrameSource frames, long seed)
{
    private const int Block = 64, Gap = 4;
    private const double ActiveVariance = 0.01;

    public PretrainingReport Report(int pictured)
    {
        using IDisposable noGradient = no_grad();
        using var streams = new RandomStreams(seed);
        Generator random = streams.Torch("measuring");
        network.Model.eval();
        using Tensor mean = network.MeanImage(frames);
        double error = 0, meanError = 0, asked = 0, loss = 0, divergence = 0, bound = 0;
        double[]? sums = null, squares = null;
        foreach (int[] block in Enumerable.Range(0, frames.Count).Chunk(Block))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor images = network.Images(PretrainedNetwork.Bytes(frames, block));
            ImageReconstruction rebuilt = network.Model.Reconstruct(images, random);
            error += rebuilt.Images.sub(images).square().mul(rebuilt.Asked).sum().ToDouble() / 4;
            meanError += mean.sub(images).square().mul(rebuilt.Asked).sum().ToDouble() / 4;
            asked += rebuilt.Asked.sum().ToDouble() * 3;
            loss += network.Model.Loss(images, random).ToDouble() * block.Length;
            if (rebuilt.Means is null) continue;
            divergence += rebuilt.Divergence!.sum().ToDouble();
            bound += rebuilt.NegativeElbo!.sum().ToDouble();
            float[] means = Floats(rebuilt.Means);
            int latents = means.Length / block.Length;
            sums ??= new double[latents];
            squares ??= new double[latents];
            for (int i = 0; i < means.Length; i++)
            {
                sums[i % latents] += means[i];
                squares[i % latents] += (double)means[i] * means[i];
            }
        }

        int? active = sums?.Zip(squares!, (s, q) => (q / frames.Count) - Math.Pow(s / frames.Count, 2)).Count(variance => variance > ActiveVariance);
        return new PretrainingReport
        {
            Network = network.Config.GetType().Name,
            Frames = frames.Count,
            Loss = loss / frames.Count,
            MeanSquaredError = error / asked,
            MeanFrameError = meanError / asked,
            Divergence = sums is null ? null : divergence / frames.Count,
            NegativeElbo = sums is null ? null : bound / frames.Count,
            ActiveLatents = active,
            Warnings = [.. Warnings(error, meanError, active, sums?.Length)],
            Picture = Picture(pictured),
        };
    }

    private static IEnumerable<string> Warnings(double error, double meanError, int? active, int? latents)
    {
        if (!double.IsFinite(error)) yield return "The reconstruction is not finite: the weights are damaged.";
        else if (error >= meanError) yield return "The network rebuilds frames no better than the mean frame does. Train longer, or look at what it is given.";
        if (active == 0) yield return $"The posterior has collapsed: none of {latents} latents depends on the frame. Lower Beta or Deviation.";
        else if (active * 4 < latents) yield return $"Most of the posterior has collapsed: {active} of {latents} latents depend on the frame. Lower Beta or Deviation, or ask for fewer latents.";
    }

    private Image Picture(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        using var streams = new RandomStreams(seed);
        int[] indices = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * frames.Count / count))];
        Tensor images = network.Images(PretrainedNetwork.Bytes(frames, indices));
        ImageReconstruction rebuilt = network.Model.Reconstruct(images, streams.Torch("picture"));
        Tensor[] rows = network.Config is MaskedAutoencoder ? [images, where(rebuilt.Asked.gt(0), zeros_like(images), images), rebuilt.Images] : [images, rebuilt.Images];
        int rowHeight = network.Config.Height + Gap, columnWidth = network.Config.Width + Gap, height = (rows.Length * rowHeight) - Gap, width = (count * columnWidth) - Gap;
        byte[] pixels = new byte[height * width * 3];
        Array.Fill(pixels, (byte)255);
        for (int row = 0; row < rows.Length; row++)
        {
            float[] values = Floats(rows[row].permute(0, 2, 3, 1));
            for (int i = 0; i < values.Length; i++)
            {
                int channel = i % 3, x = i / 3 % network.Config.Width, y = i / 3 / network.Config.Width % network.Config.Height, column = i / 3 / network.Config.Width / network.Config.Height;
                int at = (((((row * rowHeight) + y) * width) + (column * columnWidth) + x) * 3) + channel;
                pixels[at] = (byte)Math.Clamp(Math.Round((values[i] + 1) * 127.5), 0, 255);
            }
        }

        return new Image(height, width, 3, pixels);
    }

    private static float[] Floats(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.cpu().contiguous().bytes).ToArray();
    }
}
