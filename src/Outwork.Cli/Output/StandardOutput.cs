using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Cli.Output;

/// <summary>Standard output when it is a pipe or a file.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>
    /// Unlike the console's stream, which takes a closed pipe for written, this one fails: so <c>outwork watch | head</c> ends.
    /// </summary>
    public static TextWriter OpenRedirected()
    {
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }
}
