using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// spawn.h
internal static unsafe partial class Interop
{
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Opaque; 80 bytes in glibc on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct posix_spawn_file_actions_t
    {
        private nint _opaque;
    }

    /// <summary>Opaque; 336 bytes in glibc on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 512)]
    internal struct posix_spawnattr_t
    {
        private nint _opaque;
    }

    // These give an error number, not -1 and errno.
    [LibraryImport("libc")]
    internal static partial int posix_spawn(
        int* pid, byte* path, posix_spawn_file_actions_t* actions, posix_spawnattr_t* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(posix_spawn_file_actions_t* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t* actions, int fd, int newFd);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t* actions, int fd);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t* actions, int from);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(posix_spawnattr_t* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(posix_spawnattr_t* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(posix_spawnattr_t* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(posix_spawnattr_t* attributes, sigset_t* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(posix_spawnattr_t* attributes, sigset_t* signals);
}
