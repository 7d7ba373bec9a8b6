// A person at the keyboard corrects a policy that pushes the T, and the policy learns from the corrections.
return await Intervene.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.In, Console.Error);
