// What a policy is shown. compare: the same head with each input, in pixels; pretrain: learn an encoder on frames without labels; probe: what can be read from its
// features by a straight line.
return await Seeing.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
