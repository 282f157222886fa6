// The real soak wants the processors for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
