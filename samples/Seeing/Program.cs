// What a policy is shown. pretrain: learn an encoder on frames without labels; probe: what can be read from its features by a straight line.
return Seeing.Cli.Run(args, Spectre.Console.AnsiConsole.Console);
