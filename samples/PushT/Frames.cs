using System.CommandLine;
using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Images;
using BehaviorCloning.Simulation;

namespace PushT;

/// <summary><c>pusht frames</c>: are the images of the simulator those that were recorded?</summary>
internal sealed class Frames : Verb
{
    private readonly Option<string> data;
    private readonly Option<int> count;
    private readonly Option<string> picture;
    private readonly Option<bool> without;

    public Frames()
        : base("frames", "Render recorded states and compare the images with the recorded ones.")
    {
        data = Option("--data", "Demonstrations with images: a Zarr folder or an episode store.", "runs/pusht/demonstrations");
        count = Option("--count", "Frames to compare, spread evenly.", 500);
        picture = Option("--picture", "Where to draw them: recorded, rendered, 16 times the difference.", "runs/pusht/frames.png");
        without = Option("--without-recorded", "Leave the recorded frames out of the picture.", false);
    }

    public override void Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(data)!;
        IEpisodeSource demonstrations = PushTDataset.Open(path, images: true);
        PushTFrameReport report = terminal.Watch("rendering", progress =>
            PushTFrames.Compare(demonstrations, parsed.GetValue(count), progress: new ShareOf<double>(progress, share => new(share, ""))));
        terminal.Show(
            $"Images of {path}",
            new Figure("frames", report.Frames, "frames compared", $"{report.Frames}"),
            Difference("red", report.MeanDifference[0]),
            Difference("green", report.MeanDifference[1]),
            Difference("blue", report.MeanDifference[2]),
            new Figure("share_equal", report.ShareEqual, "values that are equal", report.ShareEqual.ToString("P4", CultureInfo.InvariantCulture)),
            new Figure("largest_difference", report.LargestDifference, "largest difference, of 255", $"{report.LargestDifference}"),
            new Figure("frames_apart", report.FramesApart, $"frames off by more than {PushTFrames.Rounding}", $"{report.FramesApart}"),
            new Figure("frames_explained", report.FramesExplained, "of these, by the state's last bit", $"{report.FramesExplained}"));
        ImageFile.Write(parsed.GetValue(picture)!, PushTFrames.Picture(demonstrations, [new(0, 0), .. report.MostDifferent], withRecorded: !parsed.GetValue(without)));
        terminal.Say($"The picture is {parsed.GetValue(picture)}: {(parsed.GetValue(without) ? "" : "recorded, ")}rendered, 16 times the difference.");
    }

    private static Figure Difference(string color, double mean) =>
        new($"mean_difference_{color}", mean, $"mean difference of {color}, of 255", mean.ToString("0.0000", CultureInfo.InvariantCulture));
}
