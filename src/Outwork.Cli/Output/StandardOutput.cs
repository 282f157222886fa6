using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Cli.Output;

/// <summary>Where standard output goes.</summary>
internal static class StandardOutput
{
    /// <summary><see cref="Exception.HResult"/> of the failure that tells that nobody reads a pipe any more: EPIPE (errno.h).</summary>
    public const int ReaderGone = 32;

    private const int Descriptor = 1;

    /// <summary>
    /// The console's stream takes a closed pipe for written; for a pipe ours fails, so that <c>outwork watch | head</c> ends. A file stays
    /// with the console's stream, which leaves the file's position to those that write to it after us.
    /// </summary>
    public static TextWriter Open()
    {
        if (!Console.IsOutputRedirected)
            return Console.Out;
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.Out : new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
