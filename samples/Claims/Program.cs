// Behavior cloning's claims as experiments: each verb is one claim and a file of its own.
return await Claims.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
