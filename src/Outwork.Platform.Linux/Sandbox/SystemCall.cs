using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>A system call and its number on each architecture (asm/unistd_64.h, asm-generic/unistd.h); -1 where it does not exist.</summary>
internal readonly record struct SystemCall(string Name, int X64, int Arm64)
{
    /// <summary>Its number on the architecture that this process runs on.</summary>
    public int Number => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
}
