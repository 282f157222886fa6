// They share a machine, and the processor.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
