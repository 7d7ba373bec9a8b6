using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace PushT;

/// <summary>
/// What a command tells its user: sentences, a table of figures, a bar for what takes long. Every figure shown is also kept, for
/// <c>--json</c>. Where the output is no terminal, bars become a line every tenth, or second.
/// </summary>
internal sealed class Terminal(IAnsiConsole console)
{
    /// <summary>The figures shown so far, by name.</summary>
    public JsonObject Figures { get; } = [];

    public void Say(string sentence) => console.WriteLine(sentence);

    /// <summary>Shows a table of figures: for each its JSON name and value, what it is called, and how it is written.</summary>
    public void Show(string title, params IEnumerable<Figure> figures)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumns("", "");
        foreach (Figure figure in figures)
        {
            Figures[figure.Name] = figure.Value;
            table.AddRow(new Text(figure.Label, new Style(Color.Grey)), new Text(figure.Text));
        }

        console.WriteLine(title);
        console.Write(table);
    }

    /// <summary>Does work that reports how far it is.</summary>
    public T Watch<T>(string what, Func<IProgress<Share>, T> work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
            return work(new Lines(console, what));
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask(what);
                T result = work(new Bar(bar, what));
                bar.Value = bar.MaxValue;
                return result;
            });
    }

    public static string Duration(TimeSpan time) => time.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private sealed class Bar(ProgressTask bar, string what) : IProgress<Share>
    {
        public void Report(Share value)
        {
            bar.Value = value.Done * bar.MaxValue;
            bar.Description = Markup.Escape($"{what}  {value.Note}");
        }
    }

    private sealed class Lines(IAnsiConsole console, string what) : IProgress<Share>
    {
        private readonly System.Diagnostics.Stopwatch clock = System.Diagnostics.Stopwatch.StartNew();
        private TimeSpan last;
        private int tenths;

        public void Report(Share value)
        {
            lock (clock)
            {
                if ((int)(value.Done * 10) <= tenths || (value.Done < 1 && clock.Elapsed - last < TimeSpan.FromSeconds(1))) return;
                tenths = (int)(value.Done * 10);
                last = clock.Elapsed;
                TimeSpan remaining = clock.Elapsed * ((1 - value.Done) / value.Done);
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {10 * tenths} %{(value.Note.Length > 0 ? $", {value.Note}" : "")}{(tenths < 10 ? $", {Duration(remaining)} to go" : "")}"));
            }
        }
    }
}

/// <summary>A number with its name in the JSON file, its name on the screen, and how it is written there.</summary>
internal readonly record struct Figure(string Name, JsonNode? Value, string Label, string Text);

/// <summary>How far some work is, 0 to 1, and a few words about it.</summary>
internal readonly record struct Share(double Done, string Note);

/// <summary>Passes progress on as a share, on the thread that reports it.</summary>
internal sealed class ShareOf<T>(IProgress<Share> progress, Func<T, Share> convert) : IProgress<T>
{
    public void Report(T value) => progress.Report(convert(value));
}
