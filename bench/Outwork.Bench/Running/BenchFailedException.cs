namespace Outwork.Bench.Running;

/// <summary>The run cannot go on; the message says what is wrong and what to do.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
