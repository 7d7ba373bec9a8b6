using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>Learns a network on frames without labels, and measures it on frames it has not seen.</summary>
/// <example><code>
/// (FrameSource training, FrameSource heldOut) = FrameSource.Of(recordings, "front").Split(heldOutShare: 0.1);
/// using PretrainedNetwork network = Pretraining.Train(new MaskedAutoencoder(), training);
/// PretrainingReport report = Pretraining.Measure(network, heldOut);
/// </code></example>
public static class Pretraining
{
    private const int Interval = 100, MeanFrames = 2000;

    /// <summary>Learns a network.</summary>
    /// <param name="config">What to learn: <see cref="Autoencoder"/>, <see cref="VariationalAutoencoder"/>, <see cref="MaskedAutoencoder"/>.</param>
    /// <param name="frames">Of the network's size.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="seed">Of the initial weights, the order of frames, latents and masks.</param>
    /// <param name="accelerator">Where to compute; null for the best there is.</param>
    /// <param name="progress">Told the step and the mean loss, every 100 steps.</param>
    /// <param name="cancellationToken">Stops early; the network keeps what it has learned.</param>
    /// <exception cref="ArgumentException">The options are faulty, or the frames do not fit; the message lists every fault.</exception>
    /// <exception cref="TrainingDivergedException">The gradient, or on a GPU the loss, stopped being finite.</exception>
    public static PretrainedNetwork Train(
        LearnedNetwork config, FrameSource frames, PretrainingOptions? options = null, long seed = 0, Accelerator? accelerator = null,
        IProgress<(int Step, double Loss)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(frames);
        options ??= new PretrainingOptions();
        string[] problems = [.. config.Problems(), .. options.Problems(), .. FrameProblems(config, frames)];
        if (problems.Length > 0) throw new ArgumentException($"A {config.GetType().Name} cannot be learned: {string.Join(" ", problems)}", nameof(config));
        PretrainedNetwork network = PretrainedNetwork.Untrained(config, seed, accelerator);
        try
        {
            Optimize(network, frames, options, seed, progress, cancellationToken);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Measures a network.</summary>
    /// <param name="network">Borrowed.</param>
    /// <param name="frames">Frames it has not learned from.</param>
    /// <param name="seed">Of latents and masks.</param>
    /// <param name="pictured">How many frames, spread evenly, the report's picture shows.</param>
    /// <exception cref="ArgumentException">The frames do not fit; the message lists every fault.</exception>
    public static PretrainingReport Measure(PretrainedNetwork network, FrameSource frames, long seed = 0, int pictured = 8)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentOutOfRangeException.ThrowIfLessThan(pictured, 1);
        string[] problems = [.. FrameProblems(network.Config, frames)];
        if (problems.Length > 0) throw new ArgumentException($"A {network.Config.GetType().Name} cannot be measured: {string.Join(" ", problems)}", nameof(frames));
        return new PretrainingMeasurement(network, frames, seed).Report(Math.Min(pictured, frames.Count));
    }

    private static IEnumerable<string> FrameProblems(LearnedNetwork config, FrameSource frames)
    {
        if (frames.Count == 0) yield return "There are no frames.";
        if (frames.Height != config.Height || frames.Width != config.Width)
            yield return $"The frames have {frames.Height} x {frames.Width} pixels, but the network is to learn {config.Height} x {config.Width}. Set its {nameof(config.Height)} and {nameof(config.Width)}, or give frames of that size.";
    }

    private static void Optimize(PretrainedNetwork network, FrameSource frames, PretrainingOptions options, long seed, IProgress<(int Step, double Loss)>? progress, CancellationToken cancellationToken)
    {
        using var parameters = new FlatParameters(network.Model);
        using var optimizer = new FlatAdamW(parameters, weightDecay: options.WeightDecay);
        using var streams = new RandomStreams(seed);
        Generator random = streams.Torch("pretraining");
        ulong order = RandomStreams.SeedOf(seed, "frames");
        int warmup = Math.Min(options.WarmupSteps, options.Steps);
        int[] batch = new int[options.BatchSize];
        long drawn = 0;
        double sum = 0;
        int counted = 0;
        using (Tensor mean = network.MeanImage(frames.Subset(Enumerable.Range(0, Math.Min(frames.Count, MeanFrames)).Select(i => (int)((long)i * frames.Count / Math.Min(frames.Count, MeanFrames)))))) network.Model.Begin(mean);
        network.Model.train();
        for (int step = 0; step < options.Steps && !cancellationToken.IsCancellationRequested; step++)
        {
            for (int i = 0; i < batch.Length; i++, drawn++) batch[i] = (int)new EpochPermutation(frames.Count, order, drawn / frames.Count)[drawn % frames.Count];
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = network.Model.Loss(network.Images(PretrainedNetwork.Bytes(frames, batch)), random);
            loss.backward();
            double norm = optimizer.Step(options.LearningRate * LearningRateSchedule.Factor(step, warmup, options.Steps, 0), options.MaximumGradientNorm);
            // On a GPU the norm is not read, for that would stall it; there the reported loss tells.
            if (parameters.IsCpu && !double.IsFinite(norm)) throw new TrainingDivergedException(step, "gradient norm", norm, null);
            bool isReport = (step + 1) % Interval == 0 || step + 1 == options.Steps;
            if (!isReport && progress is null) continue;
            double value = loss.ToDouble();
            if (!double.IsFinite(value)) throw new TrainingDivergedException(step, "loss", value, null);
            sum += value;
            counted++;
            if (!isReport) continue;
            progress?.Report((step + 1, sum / counted));
            (sum, counted) = (0, 0);
        }

        network.Model.eval();
    }
}
