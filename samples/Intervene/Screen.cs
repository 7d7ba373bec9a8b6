using System.Globalization;
using BehaviorCloning;
using BehaviorCloning.Dagger;
using BehaviorCloning.Simulation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Intervene;

/// <summary>
/// The arena as text: <c>#</c> the T, <c>:</c> the goal, <c>@</c> where they cover each other, <c>O</c> the agent, <c>+</c> where the person wants it to go, <c>x</c> where the
/// policy would.
/// </summary>
/// <param name="rows">Lines of the arena; it is twice as many columns wide, for characters are tall.</param>
internal sealed class Screen(int rows)
{
    private const double Window = 512;

    /// <summary>As large as the terminal allows.</summary>
    public static Screen Fitting(IAnsiConsole console) => new(Math.Clamp(Math.Min(console.Profile.Height - 4, (console.Profile.Width - 38) / 2), 10, 40));

    /// <summary>The arena and what goes on in it.</summary>
    public IRenderable Of(in GateView view, Pilot pilot, long seed, int corrections)
    {
        var status = new Table { Border = TableBorder.None, ShowHeaders = false };
        status.AddColumns("", "");
        (string who, Color color) = pilot.Driver switch
        {
            Driver.Policy => ("THE POLICY", Color.Green),
            Driver.Nobody => ("PAUSED", Color.Yellow),
            _ => ("YOU", Color.Red),
        };
        status.AddRow(new Text("drives"), new Text(who, new Style(color, decoration: Decoration.Bold)));
        status.AddRow("episode", string.Create(CultureInfo.InvariantCulture, $"{seed}"));
        status.AddRow("step", string.Create(CultureInfo.InvariantCulture, $"{view.Step} of {view.Environment.StepLimit}"));
        status.AddRow("reward", string.Create(CultureInfo.InvariantCulture, $"{view.LastReward:0.000}"));
        status.AddRow("corrections", string.Create(CultureInfo.InvariantCulture, $"{corrections}"));
        status.AddEmptyRow();
        status.AddRow("space", pilot.Driver switch { Driver.Policy => "pause", Driver.Nobody => "take over", _ => "hand back" });
        status.AddRow("arrows", "move the target +");
        status.AddRow("g", "the policy goes on");
        status.AddRow("e", "end the episode");
        status.AddRow("q", "stop");
        var side = new Table { Border = TableBorder.None, ShowHeaders = false };
        side.AddColumns("", "");
        side.AddRow(new Panel(Arena(view, pilot)) { Padding = new Padding(0), BorderStyle = new Style(color) }, status);
        return side;
    }

    private Paragraph Arena(in GateView view, Pilot pilot)
    {
        char[,] cells = new char[rows, 2 * rows];
        ReadOnlySpan<float> agent = view.Observation[PushTEnvironment.AgentPosition].Span, block = view.Observation[PushTEnvironment.BlockPosition].Span;
        var tee = new PushTPose(block[0], block[1], view.Observation[PushTEnvironment.BlockAngle].Span[0]);
        double cell = Window / rows;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < 2 * rows; column++)
            {
                double x = (column + 0.5) * cell / 2, y = (row + 0.5) * cell;
                double off = Math.Sqrt(Math.Pow(x - agent[0], 2) + Math.Pow(y - agent[1], 2));
                bool covered = IsInside(tee, x, y), goal = IsInside(PushTPose.DefaultGoal, x, y);
                cells[row, column] = off < 15 ? 'O' : covered && goal ? '@' : covered ? '#' : goal ? ':' : ' ';
            }
        }

        Mark(view.Proposed.Span, 'x');
        if (pilot.Driver == Driver.Person) Mark(pilot.Target, '+');
        Mark(agent, 'O');
        var text = new Paragraph();
        for (int row = 0; row < rows; row++)
        {
            if (row > 0) text.Append("\n");
            for (int column = 0; column < 2 * rows;)
            {
                int end = column;
                while (end < 2 * rows && cells[row, end] == cells[row, column]) end++;
                text.Append(new string(cells[row, column], end - column), Look(cells[row, column]));
                column = end;
            }
        }

        return text;

        void Mark(ReadOnlySpan<float> at, char mark) => cells[Math.Clamp((int)(at[1] / cell), 0, rows - 1), Math.Clamp((int)(2 * at[0] / cell), 0, (2 * rows) - 1)] = mark;
    }

    private static Style Look(char cell) => cell switch
    {
        'O' => new Style(Color.Blue),
        '#' => new Style(Color.Grey),
        '@' => new Style(Color.White, Color.Green),
        ':' => new Style(Color.Green),
        '+' => new Style(Color.Red, decoration: Decoration.Bold),
        'x' => new Style(Color.Yellow),
        _ => Style.Plain,
    };

    // The T in its own frame: a bar of 120 x 30 and a stem of 30 x 90 below it.
    private static bool IsInside(PushTPose pose, double x, double y)
    {
        (double sin, double cos) = Math.SinCos(pose.Angle);
        double u = (cos * (x - pose.X)) + (sin * (y - pose.Y)), v = (cos * (y - pose.Y)) - (sin * (x - pose.X));
        return (Math.Abs(u) <= 60 && v is >= 0 and <= 30) || (Math.Abs(u) <= 15 && v is >= 30 and <= 120);
    }
}
