// Every head of the library on the same data, with the same encoder and the same budget: which one for which problem?
return await ChoosingAHead.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
