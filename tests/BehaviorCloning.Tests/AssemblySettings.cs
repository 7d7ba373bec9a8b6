// The engine's default generator and its thread counts belong to the process: tests take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
