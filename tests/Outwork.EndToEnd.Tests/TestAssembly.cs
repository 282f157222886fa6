// Each test guards the whole machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
