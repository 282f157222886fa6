using System.Runtime.Versioning;

// The tests share the machine's one process table and its kernel resources.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
