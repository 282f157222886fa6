// Each test runs a warden with five processes: side by side they would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
