// The same demonstrations, cloned through compliant or stiff, underdamped or overdamped controllers of a planar arm: a two-by-two table of success.
return await ControlGains.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
