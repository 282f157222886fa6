namespace Outwork.Platform.Linux.Sandbox;

/// <summary>A system call that a confined process tried and was refused.</summary>
/// <param name="Name">The call.</param>
/// <param name="ProcessId">The thread that made it.</param>
/// <param name="Argument">Its first argument.</param>
public readonly record struct RefusedCall(string Name, int ProcessId, ulong Argument);
