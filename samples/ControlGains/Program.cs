// The same demonstrations, cloned through compliant or stiff, underdamped or overdamped controllers of a planar arm: a two-by-two table of success.
return ControlGains.Cli.Run(args, Spectre.Console.AnsiConsole.Console);
