namespace Outwork.Platform.Linux.Processes;

/// <summary>The C library's heap, which the runtime's compiler and loader fill while a process starts.</summary>
public static class NativeHeap
{
    /// <summary>Gives free pages back to the system (malloc_trim(3)). Takes milliseconds; any thread but one that others wait for.</summary>
    public static void Trim() => _ = Interop.malloc_trim(0);
}
