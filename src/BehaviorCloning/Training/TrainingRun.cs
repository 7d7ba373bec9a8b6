using System.Diagnostics;
using BehaviorCloning.Datasets;
using BehaviorCloning.Engine;
using BehaviorCloning.Features;
using BehaviorCloning.Heads;
using BehaviorCloning.Policies;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace BehaviorCloning.Training;

/// <summary>One training from its first step, or from a checkpoint, to its end.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly LearnedPolicy policy;
    private readonly PolicyNetwork network;
    private readonly TrainerConfig config;
    private readonly string? runFolder;
    private readonly ILogger logger;
    private readonly Accelerator accelerator;
    private readonly IEpisodeSource data;
    private readonly WindowReader reader;
    private readonly ValidationSet? validation;
    private readonly FlatParameters parameters;
    private readonly FlatAdamW optimizer;
    private readonly ExponentialMovingAverage? average;
    private readonly RandomStreams streams;
    private readonly Tensor? lossOnDevice;
    private readonly long totalSteps;
    private readonly TrainingReporter reporter;
    private PolicyShelf? shelf;
    private long step;
    private ValidationPoint? best, latestValidation;
    private int validationsWithoutBetter;
    private string? lastCheckpoint;

    public TrainingRun(LearnedPolicy policy, IEpisodeSource training, IEpisodeSource? validationData, TrainerConfig config, string? runFolder, ILogger logger)
    {
        config.Require();
        this.policy = policy;
        this.config = config;
        this.runFolder = runFolder;
        this.logger = logger;
        network = policy.Network;
        accelerator = policy.Accelerator;
        data = CountedEpisodes.Of(training);
        reader = ReaderOf(policy, data, "training");
        if (validationData is not null) validation = new ValidationSet(ReaderOf(policy, validationData, "validation"), config.ValidationWindows, config.BatchSize, accelerator.Device);
        totalSteps = config.TotalSteps(reader.Windows.Count);

        int threads = Math.Max(accelerator.TorchThreads, accelerator.BlasThreads);
        parameters = new FlatParameters(network, GroupOf);
        optimizer = new FlatAdamW(parameters, config.Beta1, config.Beta2, config.Epsilon, config.WeightDecay, threads);
        if (config.Ema is not NoEmaConfig) average = new ExponentialMovingAverage(parameters, config.Ema, threads);
        streams = new RandomStreams(config.Seed);
        if (accelerator.IsCuda) lossOnDevice = zeros(1, dtype: ScalarType.Float32, device: accelerator.Device).DetachFromDisposeScope();
        reporter = new TrainingReporter(config, totalSteps, reader.Windows.Count, logger);
    }

    public static string PoliciesFolder(string runFolder) => Path.Combine(runFolder, "policies");

    /// <summary>Trains to the end, or until canceled.</summary>
    public TrainingResult Train(RunCheckpoint? checkpoint, IReadOnlyList<ITrainingObserver> observers, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (checkpoint is not null)
        {
            Restore(checkpoint);
            // Its file will be replaced: where open files cannot be, it must be closed.
            checkpoint.Dispose();
        }

        if (runFolder is not null) shelf = new PolicyShelf(PoliciesFolder(runFolder), config.KeepBest, config.KeepNewest, checkpoint?.State.PoliciesIn(runFolder) ?? []);
        using var ownObservers = new RunFolderObservers(runFolder, step);
        reporter.Start(step, TimeSpan.FromSeconds(checkpoint?.State.ElapsedSeconds ?? 0), [.. ownObservers.All, .. observers], progress);
        TrainingLog.Started(logger, parameters.TrainableCount, reader.Windows.Count, totalSteps, accelerator.Describe());
        if (checkpoint is not null) TrainingLog.Resumed(logger, runFolder!, step, totalSteps);

        using var loader = new BatchLoader(reader, config.BatchSize, RandomStreams.SeedOf(config.Seed, "data-order"), config.PrefetchDepth, checkpoint?.State.SamplerPosition ?? 0, accelerator.Device);
        TrainingOutcome outcome = Loop(loader, cancellationToken);
        if (outcome != TrainingOutcome.Canceled && validation is not null && step % config.ValidationInterval != 0) Validate();
        SaveState(loader.Position);
        if (average is not null)
        {
            using IDisposable noGrad = no_grad();
            parameters.Values.copy_(average.Average);
        }

        network.eval();
        if (outcome == TrainingOutcome.Canceled) TrainingLog.Canceled(logger, step);
        return reporter.Finish(policy, outcome, step, best, shelf?.Kept ?? []);
    }

    public void Dispose()
    {
        average?.Dispose();
        optimizer.Dispose();
        parameters.Dispose();
        streams.Dispose();
        validation?.Dispose();
        lossOnDevice?.Dispose();
    }

    private TrainingOutcome Loop(BatchLoader loader, CancellationToken cancellationToken)
    {
        while (step < totalSteps)
        {
            if (cancellationToken.IsCancellationRequested) return TrainingOutcome.Canceled;
            network.train();
            TakeStep(loader);
            bool isLast = step == totalSteps;
            if (validation is not null && step % config.ValidationInterval == 0)
            {
                Validate();
                if (config.Patience is { } patience && validationsWithoutBetter >= patience)
                {
                    TrainingLog.StoppedEarly(logger, step, patience);
                    return TrainingOutcome.StoppedEarly;
                }
            }

            if (!isLast && step % config.CheckpointInterval == 0) SaveState(loader.Position);
        }

        return TrainingOutcome.Finished;
    }

    private void TakeStep(BatchLoader loader)
    {
        long start = Stopwatch.GetTimestamp();
        bool report = (step + 1) % config.LogInterval == 0 || step + 1 == totalSteps;
        double rate = config.LearningRate * LearningRateSchedule.Factor(step, config.WarmupSteps, totalSteps, config.FinalLearningRateFraction);
        Generator noise = streams.Torch("training-noise", accelerator.Device);
        // Dropout draws from the engine's default generator. Seeded by the step's number, it is the same after a resume, and
        // whoever else draws from it (an observer that tries the policy out) does not change the training.
        streams.SeedDefault("dropout", step, accelerator.Device);
        for (int pass = 0; pass < config.Accumulation; pass++)
        {
            TrainingBatch batch = loader.Next();
            using DisposeScope scope = NewDisposeScope();
            LossReport loss;
            using (accelerator.EnterPrecision()) loss = network.Loss(batch.Features, batch.Target, noise);
            if (lossOnDevice is null)
            {
                double value = loss.Total.ToSingle();
                if (!double.IsFinite(value)) throw Diverged("loss", value);
                reporter.AddLoss(value);
            }
            else
            {
                lossOnDevice.add_(loss.Total.detach());
                reporter.AddLoss(0);
            }

            loss.Total.backward();
            if (report && pass == config.Accumulation - 1) reporter.ReadParts(loss.Parts);
        }

        double norm = optimizer.Step(rate, config.MaximumGradientNorm > 0 ? config.MaximumGradientNorm : null, 1.0 / config.Accumulation);
        if (parameters.IsCpu && !double.IsFinite(norm)) throw Diverged("gradient norm", norm);
        average?.Update();
        step++;
        reporter.CountStep(Stopwatch.GetElapsedTime(start), (long)config.BatchSize * config.Accumulation, loader.WaitTime);
        if (!report) return;
        if (lossOnDevice is not null)
        {
            double value = lossOnDevice.ToSingle();
            if (!double.IsFinite(value)) throw Diverged("loss", value);
            reporter.AddToLoss(value);
            lossOnDevice.zero_();
            norm = optimizer.ReadGradientNorm();
        }

        reporter.Report(step, rate, norm);
    }

    private void Validate()
    {
        network.eval();
        double loss;
        using (average?.UseAverage()) loss = validation!.Loss(network, accelerator, RandomStreams.SeedOf(config.Seed, "validation-noise"));
        if (!double.IsFinite(loss)) throw Diverged("validation loss", loss);
        bool isBest = best is null || loss < best.Loss;
        validationsWithoutBetter = isBest ? 0 : validationsWithoutBetter + 1;
        if (isBest) best = new ValidationPoint(step, loss);
        reporter.ReportValidation(step, loss, isBest, best!.Loss);
        latestValidation = new ValidationPoint(step, loss);
        if (shelf is not null && shelf.IsAmongBest(loss)) SavePolicy(loss, isCheckpoint: false);
    }

    private void SavePolicy(double? validationLoss, bool isCheckpoint)
    {
        network.eval();
        string? folder;
        using (average?.UseAverage()) folder = shelf!.Save(policy, step, validationLoss, isCheckpoint);
        if (folder is not null) reporter.ReportPolicy(step, folder);
    }

    private void SaveState(long samplerPosition)
    {
        if (runFolder is null) return;
        using (no_grad())
        {
            using Tensor finite = parameters.Values.isfinite();
            using Tensor all = finite.all();
            if (!all.ToBoolean()) throw Diverged("weights", double.NaN);
        }

        SavePolicy(latestValidation?.Step == step ? latestValidation.Loss : null, isCheckpoint: true);
        shelf!.Select();
        var state = new RunState
        {
            Step = step,
            TotalSteps = totalSteps,
            Config = config,
            Data = DataFingerprint.Of(data, reader.Windows),
            OptimizerSteps = optimizer.StepCount,
            EmaCounter = average?.Counter ?? 0,
            SamplerPosition = samplerPosition,
            BestValidation = best,
            ValidationsWithoutBetter = validationsWithoutBetter,
            Policies = [.. shelf.Kept.Select(kept => kept with { Folder = Path.GetFileName(kept.Folder) })],
            ElapsedSeconds = reporter.Elapsed.TotalSeconds,
            Layout = [.. parameters.Ranges.Select(range => new ParameterPlace(range.Name, range.Shape, range.Start))],
        };
        lastCheckpoint = RunCheckpoint.Save(runFolder, state, Tensors(), streams.Save());
        shelf.DeleteDropped();
    }

    private Dictionary<string, Tensor> Tensors()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["values"] = parameters.Values,
            ["first_moment"] = optimizer.FirstMoment,
            ["second_moment"] = optimizer.SecondMoment,
        };
        if (average is not null) tensors["average"] = average.Average;
        foreach ((string name, Tensor buffer) in network.named_buffers()) tensors["buffer/" + name] = buffer;
        return tensors;
    }

    private void Restore(RunCheckpoint checkpoint)
    {
        RunState state = checkpoint.State;
        string[] problems = [.. state.Problems(DataFingerprint.Of(data, reader.Windows), parameters.Ranges)];
        if (problems.Length > 0) throw new ArgumentException($"The run in '{runFolder}' cannot go on: {string.Join(" ", problems)}");
        checkpoint.CopyInto(Tensors());
        streams.Restore(checkpoint.RandomStates);
        step = state.Step;
        optimizer.StepCount = state.OptimizerSteps;
        if (average is not null) average.Counter = state.EmaCounter;
        best = state.BestValidation;
        validationsWithoutBetter = state.ValidationsWithoutBetter;
        lastCheckpoint = checkpoint.Folder;
    }

    private ParameterGroup GroupOf(string name, TorchSharp.Modules.Parameter parameter)
    {
        const string Encoder = "encoder.";
        bool encoder = name.StartsWith(Encoder, StringComparison.Ordinal);
        double own = encoder ? network.Encoder.LearningRateScaleOf(name[Encoder.Length..]) : 1, scale = encoder ? own * config.EncoderLearningRateScale : 1;
        bool decay = !config.DecayMatricesOnly || parameter.dim() >= 2;
        string group = scale == 1 ? "all" : own == 1 ? "encoder" : FormattableString.Invariant($"encoder x {own}");
        return new ParameterGroup(group + (decay ? "" : ", no decay"), scale, decay);
    }

    private TrainingDivergedException Diverged(string what, double value)
    {
        TrainingLog.Diverged(logger, step, what, value);
        return new TrainingDivergedException(step, what, value, lastCheckpoint);
    }

    private static WindowReader ReaderOf(LearnedPolicy policy, IEpisodeSource data, string which)
    {
        if (!data.Observations.Equals(policy.Observations) || data.Actions.Dimension != policy.Actions.Dimension)
            throw new ArgumentException($"The {which} data has observations ({data.Observations}) and {data.Actions.Dimension}-dimensional actions, but the policy was made for ({policy.Observations}) and {policy.Actions.Dimension}. Train on data of the same specification, or make the policy from this data.", which);
        return new WindowReader(new FeaturizedEpisodes(data, new FeatureMap(data.Observations, policy.Config.Features)), policy.Config.Horizons, policy.Config.Actions, policy.Config.HoldsAfterEnd);
    }
}
