using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Images;
using BehaviorCloning.Training;
using Samples;
using Spectre.Console;

namespace Seeing;

/// <summary><c>seeing pretrain</c>: learn an encoder on rendered Push-T frames without labels, and look at what it rebuilds.</summary>
internal static class Pretrain
{
    private static readonly Dictionary<string, LearnedNetwork> Kinds = new(StringComparer.Ordinal)
    {
        ["autoencoder"] = new Autoencoder(),
        ["vae"] = new VariationalAutoencoder(),
        ["beta-vae"] = new VariationalAutoencoder { Beta = 4 },
        ["mae"] = new MaskedAutoencoder(),
    };

    public static Command Command(IAnsiConsole console)
    {
        var kind = new Option<string>("--kind") { Description = $"What to learn: {string.Join(", ", Kinds.Keys)}.", DefaultValueFactory = _ => "vae" };
        var output = new Option<string?>("--output") { Description = "Folder of the network, its report and its picture. Default: runs/seeing/<kind>." };
        var steps = new Option<int>("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => new PretrainingOptions().Steps };
        var batch = new Option<int>("--batch") { Description = "Frames a step.", DefaultValueFactory = _ => new PretrainingOptions().BatchSize };
        var rate = new Option<double>("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => new PretrainingOptions().LearningRate };
        var seed = new Option<long>("--seed") { Description = "Of weights, order, latents and masks." };
        (Option<string?> data, Option<int> every, Option<int> drawn) = StateOptions();
        var command = new Command("pretrain", "Learn an encoder on rendered frames without labels.") { kind, output, steps, batch, rate, seed, data, every, drawn };
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            string name = parsed.GetValue(kind)!;
            if (!Kinds.TryGetValue(name, out LearnedNetwork? config)) throw new ArgumentException($"There is no '{name}' to learn. There are: {string.Join(", ", Kinds.Keys)}.");
            string folder = parsed.GetValue(output) ?? Path.Combine("runs", "seeing", name);
            var options = new PretrainingOptions { Steps = parsed.GetValue(steps), BatchSize = parsed.GetValue(batch), LearningRate = parsed.GetValue(rate) };
            Run(config, PushTStates.Open(parsed.GetValue(data), parsed.GetValue(every), parsed.GetValue(drawn)), options, parsed.GetValue(seed), folder, console, stop);
        }, CancellationToken.None));
        return command;
    }

    public static (Option<string?> Data, Option<int> Every, Option<int> Drawn) StateOptions() =>
    (
        new Option<string?>("--data") { Description = "Demonstrations whose states are rendered. Default: none, states are drawn as the benchmark's." },
        new Option<int>("--every") { Description = "Every so many-th state of a demonstration.", DefaultValueFactory = _ => 2 },
        new Option<int>("--drawn") { Description = "How many states are drawn without demonstrations.", DefaultValueFactory = _ => 8000 });

    private static void Run(LearnedNetwork config, PushTStates states, PretrainingOptions options, long seed, string folder, IAnsiConsole console, CancellationToken stop)
    {
        (int[] training, _, int[] test) = states.Split();
        console.WriteLine(FormattableString.Invariant($"{config.GetType().Name}: {training.Length} frames to learn from, {test.Length} of other episodes to measure with."));
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        using PretrainedNetwork network = Pretraining.Train(config, states.Frames.Subset(training), options, seed, Accelerator.Cpu(1), new Line(console), stop);
        double minutes = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMinutes;
        PretrainingReport report = Pretraining.Measure(network, states.Frames.Subset(test));
        console.WriteLine(report.ToString());
        network.Save(folder);
        ImageFile.Write(Path.Combine(folder, "reconstructions.png"), report.Picture);
        var json = new JsonObject
        {
            ["network"] = report.Network, ["seed"] = seed, ["steps"] = options.Steps, ["batch"] = options.BatchSize, ["cpuMinutes"] = Math.Round(minutes, 2), ["frames"] = report.Frames,
            ["squaredError"] = report.MeanSquaredError, ["meanFrameError"] = report.MeanFrameError, ["peakSignalToNoise"] = report.PeakSignalToNoise,
            ["divergence"] = report.Divergence, ["activeLatents"] = report.ActiveLatents, ["negativeElbo"] = report.NegativeElbo, ["warnings"] = new JsonArray([.. report.Warnings.Select(w => (JsonNode)w)]),
        };
        JsonFile.Write(Path.Combine(folder, "report.json"), json);
        console.WriteLine(FormattableString.Invariant($"{minutes:0.0} CPU-minutes. {folder}: the network, report.json, reconstructions.png."));
    }

    private sealed class Line(IAnsiConsole console) : IProgress<(int Step, double Loss)>
    {
        public void Report((int Step, double Loss) value) => console.WriteLine(FormattableString.Invariant($"step {value.Step}: loss {value.Loss:0.00000}"));
    }
}
