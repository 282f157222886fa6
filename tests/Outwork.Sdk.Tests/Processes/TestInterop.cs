using System.Runtime.InteropServices;

namespace Outwork.Sdk.Tests.Processes;

/// <summary>What the tests need of spawn.h, sys/wait.h, sys/mman.h and signal.h.</summary>
internal static unsafe partial class TestInterop
{
    internal const int SIGKILL = 9;
    internal const int WNOHANG = 1;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int posix_spawn(out int pid, string path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_init(void* fileActions);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_destroy(void* fileActions);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, int descriptor, int target);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, void* data, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);
}
