using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// stdio.h: .NET's own move looks at what a link leads to first, and refuses one that leads to a folder.
internal static partial class Interop
{
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string oldpath, string newpath);
}
