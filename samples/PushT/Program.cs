// Push-T from demonstrations to a policy that pushes the T. Each verb is a file of its own; WholeJob.cs strings them together.
return await PushT.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
