using System.Diagnostics;

namespace Intervene;

/// <summary>Where keys come from: one a control step, and one each time a paused world is looked at.</summary>
internal interface IKeys
{
    /// <summary>The key of this step. Returns when the step may begin.</summary>
    Key Next();
}

/// <summary>Keys as text, one character a control step: a file, or what is piped in. At its end the program stops. Line breaks are for the eye.</summary>
/// <param name="text">The characters; arrows may be a terminal's escape sequences.</param>
internal sealed class WrittenKeys(TextReader text) : IKeys
{
    private int position;

    public Key Next()
    {
        while (true)
        {
            int read = text.Read();
            if (read < 0) return Key.Stop;
            position++;
            if ((char)read is '\n' or '\r') continue;
            return read == '\e' ? Arrow() : Of((char)read)
                ?? throw new FormatException($"Key {position} of the script is '{(char)read}'. Keys are w a s d (the target), space (pause, take over, hand back), g (go on), e (end the episode), q (stop) and . (nothing).");
        }
    }

    /// <summary>The key that a character stands for, or null.</summary>
    public static Key? Of(char character) => char.ToLowerInvariant(character) switch
    {
        '.' => Key.None,
        'a' => Key.Left,
        'd' => Key.Right,
        'w' => Key.Up,
        's' => Key.Down,
        ' ' => Key.Switch,
        'g' => Key.GoOn,
        'e' => Key.EndEpisode,
        'q' => Key.Stop,
        _ => null,
    };

    // ESC [ A or ESC O A, up to D.
    private Key Arrow()
    {
        int bracket = text.Read(), letter = text.Read();
        position += 2;
        return (bracket, letter) switch
        {
            ('[' or 'O', 'A') => Key.Up,
            ('[' or 'O', 'B') => Key.Down,
            ('[' or 'O', 'C') => Key.Right,
            ('[' or 'O', 'D') => Key.Left,
            _ => throw new FormatException($"Keys {position - 2} to {position} of the script are an escape sequence that is no arrow."),
        };
    }
}

/// <summary>
/// Keys of a terminal. At a control rate: one key a step, in their order; what a key that is held down repeats within a step counts once, so that the program never
/// lags behind the hand. In turns: the world waits for every key.
/// </summary>
/// <param name="period">Time of a control step, or null for turns.</param>
/// <param name="cancellationToken">Ctrl-C.</param>
internal sealed class TerminalKeys(TimeSpan? period, CancellationToken cancellationToken) : IKeys
{
    private readonly long start = Stopwatch.GetTimestamp();
    private TimeSpan due;
    private Key? held;

    public Key Next()
    {
        if (period is not { } step) return Turn();

        // Absolute deadlines; after a long pause or a slow inference there is nothing to catch up with.
        due += step;
        if (due < Stopwatch.GetElapsedTime(start)) due = Stopwatch.GetElapsedTime(start);
        while (due > Stopwatch.GetElapsedTime(start)) Wait();
        Key pressed = held ?? Key.None;
        held = null;
        while (Console.KeyAvailable)
        {
            if (Of(Console.ReadKey(intercept: true)) is not { } key || key == pressed) continue;
            if (pressed == Key.None)
            {
                pressed = key;
                continue;
            }

            held = key;
            break;
        }

        return pressed;
    }

    private Key Turn()
    {
        while (true)
        {
            while (!Console.KeyAvailable) Wait();
            if (Of(Console.ReadKey(intercept: true)) is { } key) return key;
        }
    }

    private void Wait()
    {
        cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(2));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static Key? Of(ConsoleKeyInfo pressed) => pressed.Key switch
    {
        ConsoleKey.LeftArrow => Key.Left,
        ConsoleKey.RightArrow => Key.Right,
        ConsoleKey.UpArrow => Key.Up,
        ConsoleKey.DownArrow => Key.Down,
        _ => WrittenKeys.Of(pressed.KeyChar),
    };
}
