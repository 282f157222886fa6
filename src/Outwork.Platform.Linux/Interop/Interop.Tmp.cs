namespace Outwork.Platform.Linux;
internal static partial class Interop { internal const int O_CLOEXEC = 0x80000; internal const int AT_FDCWD = -100; internal const int F_DUPFD_CLOEXEC = 1030; }
