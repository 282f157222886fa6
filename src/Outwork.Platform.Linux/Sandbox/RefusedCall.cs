namespace Outwork.Platform.Linux.Sandbox;

/// <summary>A system call that a confined process tried and was refused.</summary>
/// <param name="Name">The call.</param>
/// <param name="ProcessId">The process that made it.</param>
/// <param name="Target">What it reached for: a path, a process, an address; empty when the call says it all. At most some 300 bytes, of printable characters.</param>
public readonly record struct RefusedCall(string Name, int ProcessId, string Target);
