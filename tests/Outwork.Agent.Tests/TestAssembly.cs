using System.Runtime.Versioning;

// Some tests measure the process they run in.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
