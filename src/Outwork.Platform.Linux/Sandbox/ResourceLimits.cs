namespace Outwork.Platform.Linux.Sandbox;

/// <summary>What a group of processes may use, all together.</summary>
/// <param name="MemoryBytes">Memory of its own and the files' pages it brought in.</param>
/// <param name="CpuPercent">Processor time; 100 is one processor.</param>
/// <param name="Processes">Processes and threads.</param>
public sealed record ResourceLimits(long MemoryBytes, int CpuPercent, int Processes);
