using System.CommandLine;
using System.Text.Json.Nodes;
using BehaviorCloning.Encoders;
using BehaviorCloning.Engine;
using BehaviorCloning.Training;
using Samples;
using Spectre.Console;

namespace Seeing;

/// <summary><c>seeing probe</c>: the T's pose read by a straight line from frozen features, beside those of the same network untrained, pixels, and shuffled poses.</summary>
internal static class Probe
{
    private const int PixelSide = 24;

    public static Command Command(IAnsiConsole console)
    {
        var networks = new Argument<string[]>("networks") { Description = "Folders that pretrain wrote." };
        var examples = new Option<int>("--examples") { Description = "Examples to fit to; a third as many to choose the ridge by.", DefaultValueFactory = _ => 2000 };
        var json = new Option<FileInfo?>("--json") { Description = "Write the table's rows to this file." };
        (Option<string?> data, Option<int> every, Option<int> drawn) = Pretrain.StateOptions();
        var command = new Command("probe", "What can be read from features by a straight line.") { networks, examples, json, data, every, drawn };
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            JsonArray rows = Run(parsed.GetValue(networks)!, PushTStates.Open(parsed.GetValue(data), parsed.GetValue(every), parsed.GetValue(drawn)), parsed.GetValue(examples), console, stop);
            if (parsed.GetValue(json) is { } file) JsonFile.Write(file.FullName, new { Rows = rows });
        }, CancellationToken.None));
        return command;
    }

    private static JsonArray Run(string[] networks, PushTStates states, int examples, IAnsiConsole console, CancellationToken stop)
    {
        (int[] training, int[] validation, int[] test) = states.Split();
        (training, validation) = (Spread(training, examples), Spread(validation, examples / 3));
        console.WriteLine($"{training.Length} examples to fit to, {validation.Length} to choose the ridge by, {test.Length} to measure on; whole episodes each.");
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string column in new[] { "features", "numbers", "position, px", "R²", "angle, degrees", "R²" }) table.AddColumn(column);
        var rows = new JsonArray();
        Row($"pixels, {PixelSide} x {PixelSide} x 3", which => states.Pixels(which, PixelSide));
        foreach (string folder in networks)
        {
            stop.ThrowIfCancellationRequested();
            using PretrainedNetwork learned = PretrainedNetwork.Load(folder, Accelerator.Cpu(1)), untrained = PretrainedNetwork.Untrained(learned.Config, 0, Accelerator.Cpu(1));
            foreach ((string name, PretrainedNetwork network) in new[] { ("", learned), (", untrained", untrained) })
            {
                Row($"{folder}{name}, summary", which => network.Features(states.Frames.Subset(which)));
                if (learned.Config is MaskedAutoencoder) Row($"{folder}{name}, mean of patches", which => network.Features(states.Frames.Subset(which), new AverageReadout()));
                Row($"{folder}{name}, map", which => network.Features(states.Frames.Subset(which), new FeatureMapReadout()));
            }
        }

        if (networks.Length > 0)
        {
            using PretrainedNetwork first = PretrainedNetwork.Load(networks[0], Accelerator.Cpu(1));
            Row($"{networks[0]}, summary, poses shuffled", which => first.Features(states.Frames.Subset(which)), isShuffled: true);
        }

        console.Write(table);
        return rows;

        void Row(string name, Func<int[], float[]> features, bool isShuffled = false)
        {
            int[] order = [.. training];
            if (isShuffled) new Random(0).Shuffle(order);
            PoseProbeReport report = PoseProbeReport.Of(new(training.Length, features(training), states.Poses(order)), Examples(validation), Examples(test));
            ProbeExamples Examples(int[] which) => new(which.Length, features(which), states.Poses(which));
            int numbers = features([test[0]]).Length;
            double degrees = report.AngleError * 180 / Math.PI;
            table.AddRow(name, $"{numbers}", $"{report.PositionError:0.0}", $"{report.PositionExplained:0.000}", $"{degrees:0.0}", $"{report.AngleExplained:0.000}");
            console.WriteLine(FormattableString.Invariant($"{name}: {report.PositionError:0.0} px ({report.PositionExplained:0.000}), {degrees:0.0} degrees ({report.AngleExplained:0.000})"));
            rows.Add(new JsonObject
            {
                ["features"] = name, ["numbers"] = numbers, ["positionErrorPx"] = report.PositionError, ["positionExplained"] = report.PositionExplained,
                ["angleErrorDegrees"] = degrees, ["angleExplained"] = report.AngleExplained,
            });
        }
    }

    private static int[] Spread(int[] of, int count) => count >= of.Length ? of : [.. Enumerable.Range(0, count).Select(i => of[(int)((long)i * of.Length / count)])];
}
