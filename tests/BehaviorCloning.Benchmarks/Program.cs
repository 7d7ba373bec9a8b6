using System.Globalization;
using System.Text.Json;
using BehaviorCloning;
using BehaviorCloning.Actions;
using BehaviorCloning.Benchmarks;
using BehaviorCloning.Engine;
using BehaviorCloning.Policies;
using BehaviorCloning.Training;
using TorchSharp;

// Times the real trainer and the real policies against PyTorch on the same libtorch, by turns in one run.
//   dotnet run -c Release --project tests/BehaviorCloning.Benchmarks -- [--quick] [--rounds N] [--threads N] [--only TEXT] [--no-peer] [--python PATH] [--json FILE]
// What there is: train, predict, windows, fast; and heads, encoders and diffusion, which only --only heads, encoders and diffusion time, because they take minutes.
// Or what images take as PNG and JPEG and how many are decoded a second, of Push-T and of a photograph where one is given:
//   dotnet run -c Release --project tests/BehaviorCloning.Benchmarks -- --images [--photograph FILE] [--python PATH]
// Or the table of FAST tokens on real recordings, of the folder that holds them:
//   dotnet run -c Release --project tests/BehaviorCloning.Benchmarks -- --fast-table FOLDER
string? Option(string name) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : null;
bool Flag(string name) => args.Contains(name);
int Number(string name, int otherwise) => Option(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

if (Option("--fast-table") is { } recordings)
{
    FastTable.Print(recordings);
    return 0;
}

// What the geometric features find in a folder of image pairs, for compare_opencv.py.
if (Option("--vision") is { } pairs)
{
    VisionPairs.Run(pairs, Number("--features", 0));
    return 0;
}

// A keypoint sensor trained on rendered Push-T frames (or read from its folder, if it is there), measured on recorded ones.
if (Option("--keypoints") is { } sensor)
{
    KeypointTable.Print(Option("--data") ?? throw new ArgumentException("--data needs the folder of the Push-T Zarr dataset."), sensor, Number("--steps", 3000), Number("--channels", 8), Flag("--light"));
    return 0;
}

if (Flag("--images"))
{
    ImageTable.Print(Option("--photograph"), Option("--python") ?? "/usr/bin/python3");
    return 0;
}

bool quick = Flag("--quick");
int rounds = Number("--rounds", quick ? 3 : 15), threads = Number("--threads", 0);
string only = Option("--only") ?? "";
Accelerator accelerator = Accelerator.Cpu(threads);
Console.WriteLine($"ours: {accelerator.Describe()} .NET {Environment.Version}");
using Peer? peer = Flag("--no-peer") ? null : new Peer(Option("--python") ?? "/usr/bin/python3", accelerator.TorchThreads, Math.Max(accelerator.BlasThreads, 1));
if (peer is not null) Console.WriteLine($"peer: {peer.Description}");

var data = SyntheticPushT.Make(25_650);
List<Measurement> measurements = [];
foreach ((string name, PolicyConfig config) in new[] { ("mse", Presets.MsePushTState), ("flow", Presets.FlowMatchingPushTState) })
{
    // As the peer: padding is masked, which costs a little more than not doing so.
    using var policy = LearnedPolicy.Create(config with { HoldsAfterEnd = false }, data, accelerator: accelerator);
    if ("train".Contains(only, StringComparison.Ordinal)) measurements.Add(TimeTraining(name, policy));
    if ("predict".Contains(only, StringComparison.Ordinal)) measurements.AddRange(TimeInference(name, policy));
}

if (only == "heads") measurements.AddRange(new Heads(data, accelerator, peer, rounds, quick).Run());
if (only == "encoders") measurements.AddRange(new Encoders(accelerator, peer, rounds, quick).Run());
if (only.Length > 0 && "diffusion".StartsWith(only, StringComparison.Ordinal)) measurements.AddRange(new Denoisers(data, accelerator, peer, rounds, quick).Run());

List<(long Steps, double PerSecond)> windows = [];
if ("windows".Contains(only, StringComparison.Ordinal))
{
    for (long steps = 10_000; steps <= (quick ? 1_000_000 : 10_000_000); steps *= 10) windows.Add((steps, TimeWindows(steps)));
}

(string Name, double Value)[] fast = "fast".Contains(only, StringComparison.Ordinal) ? [.. FastBenchmark.Run(quick)] : [];

Console.WriteLine();
Console.WriteLine($"{"",-42}{"ours",12}{"PyTorch",12}{"ratio",9}   middle half of {rounds} rounds");
foreach (Measurement m in measurements)
{
    string theirs = m.TheirsSeconds is { } seconds ? Milliseconds(seconds) : "-", ratio = m.Ratio is { } r ? r.ToString("0.00") : "-";
    Console.WriteLine($"{m.Name,-42}{Milliseconds(m.OursSeconds),12}{theirs,12}{ratio,9}   {m.RatioQuartiles.Low:0.00} to {m.RatioQuartiles.High:0.00}");
}

foreach ((long steps, double perSecond) in windows) Console.WriteLine($"windows of {steps,10:N0} steps: {perSecond,12:N0} a second");
foreach ((string name, double value) in fast) Console.WriteLine($"{name,-60}{value,14:N1}");
if (Option("--json") is { } file) File.WriteAllText(file, Json());
return 0;

string Milliseconds(double seconds) => $"{1000 * seconds:0.000} ms";

// The trainer's own loop; the observer is called between rounds and gives the peer its turn.
Measurement TimeTraining(string name, LearnedPolicy policy)
{
    int steps = quick ? 20 : 50;
    var measurement = new Measurement($"train/{name}");
    var turns = new Turns(measurement, steps, peer);
    Trainer.Train(
        policy, data, new TrainerConfig { Steps = steps * (rounds + 1), LogInterval = steps, WarmupSteps = 1, Beta2 = 0.99 }, observers: [turns]);
    return measurement;
}

IEnumerable<Measurement> TimeInference(string name, LearnedPolicy policy)
{
    int repetitions = quick ? 50 : 200;
    var history = new ObservationHistory(policy.Horizons.Observation);
    history.Push(new Observation { ["agent_position"] = new float[] { 100, 200 }, ["block_position"] = new float[] { 300, 200 }, ["block_angle"] = new float[] { 1 } });
    var features = policy.Network.Features.ToDictionary(feature => feature.Name, feature => torch.zeros(1, policy.Horizons.Observation, feature.Size));
    foreach ((string what, Action work) in new (string, Action)[] { ("predict", () => policy.Predict(history)), ("sample", () => policy.Network.Sample(features).Dispose()) })
    {
        var measurement = new Measurement($"{what}/{name}");
        Measurement.Time(work, repetitions);
        peer?.Run(measurement.Name, repetitions);
        for (int round = 0; round < rounds; round++) measurement.Add(Measurement.Time(work, repetitions), peer?.Run(measurement.Name, repetitions));
        yield return measurement;
    }

    foreach (torch.Tensor tensor in features.Values) tensor.Dispose();
}

double TimeWindows(long steps)
{
    var reader = new WindowReader(SyntheticPushT.Make(steps), new Horizons { Observation = 2, Prediction = 16, Execution = 8 }, new RelativeActions { ReferenceFeature = "agent_position" });
    using TrainingBatch batch = reader.CreateBatch(256);
    var order = new EpochPermutation(reader.Windows.Count, 1, 0);
    long position = 0;
    void Fill()
    {
        for (int sample = 0; sample < batch.Size; sample++)
        {
            reader.Read(batch, sample, order[position]);
            if (++position == reader.Windows.Count) position = 0;
        }
    }

    Measurement.Time(Fill, 100);
    double[] seconds = [.. Enumerable.Range(0, 5).Select(_ => Measurement.Time(Fill, quick ? 50 : 400)).Order()];
    return batch.Size / seconds[2];
}

string Json() => JsonSerializer.Serialize(
    new
    {
        ours = accelerator.Describe(),
        peer = peer?.Description,
        rounds,
        measurements = measurements.Select(m => new { name = m.Name, ours_seconds = m.OursSeconds, peer_seconds = m.TheirsSeconds, ratio = m.Ratio, ratio_quartiles = m.Ratio is null ? null : new[] { m.RatioQuartiles.Low, m.RatioQuartiles.High } }),
        fast = fast.Select(f => new { name = f.Name, value = f.Value }),
        windows_per_second = windows.Select(w => new { steps = w.Steps, per_second = w.PerSecond }),
    },
    new JsonSerializerOptions { WriteIndented = true });
