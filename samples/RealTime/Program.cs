// Acting while the next chunk is still being inferred. Without a verb: a live table; delays: what a delay costs each way of execution;
// timing: how punctual the control loop is on this machine.
return await RealTime.Cli.RunAsync(args, Spectre.Console.AnsiConsole.Console, Console.Error);
