// Each test loads eBPF programs and guards a mount: side by side they would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
