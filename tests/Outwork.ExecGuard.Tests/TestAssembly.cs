// Tests that look at the process's resident memory must be alone in it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
