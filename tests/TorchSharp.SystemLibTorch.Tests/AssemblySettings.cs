// The default random generator and the leak counters belong to the process: tests that use them take turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
