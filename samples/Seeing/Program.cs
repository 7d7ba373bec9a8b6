// Push-T from pixels: the same head on the same demonstrations, with each way to represent what is seen.
return await Seeing.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
