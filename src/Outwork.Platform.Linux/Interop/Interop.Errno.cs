namespace Outwork.Platform.Linux;

/// <summary>Values of asm-generic/errno-base.h and errno.h that are expected somewhere.</summary>
internal static partial class Interop
{
    internal const int EPERM = 1;
    internal const int ENOENT = 2;
    internal const int ESRCH = 3;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int EBADF = 9;
    internal const int EAGAIN = 11;
    internal const int EACCES = 13;
    internal const int EFAULT = 14;
    internal const int EBUSY = 16;
    internal const int EINVAL = 22;
    internal const int EMFILE = 24;
    internal const int EPIPE = 32;
    internal const int EBADMSG = 74;
    internal const int EOPNOTSUPP = 95;
    internal const int ENOBUFS = 105;
    internal const int ECONNRESET = 104;
    internal const int ENOTCONN = 107;
    internal const int ETOOMANYREFS = 109;
    internal const int ETIMEDOUT = 110;
    internal const int EUCLEAN = 117;
}
