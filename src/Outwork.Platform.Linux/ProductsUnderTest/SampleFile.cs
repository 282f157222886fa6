using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>A file that the product is asked about.</summary>
/// <param name="Path">What the question says.</param>
/// <param name="Via">How it comes to run.</param>
/// <param name="File">Open for reading; null for one that could not be opened.</param>
/// <param name="Length">Bytes.</param>
public sealed record SampleFile(string Path, ExecVia Via, SafeFileHandle? File, long Length)
{
    /// <summary>S_IFREG and rwxr-xr-x of POSIX.</summary>
    public const uint RegularExecutable = 0x81ED;
}
