using System.Runtime.InteropServices;
using System.Text;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden;

/// <summary>Lines for people, written at once: the console's encodings and writers would be a fifth of this process.</summary>
internal static class Output
{
    /// <summary>What the one who started the warden waits for.</summary>
    public static void WriteLine(string line) => Write(StandardStreams.Output, line);

    /// <summary>What went wrong.</summary>
    public static void WriteError(string line) => Write(StandardStreams.Error, "outwork-warden: " + line);

    // When nobody reads there is nobody to tell either.
    private static void Write(SafeHandle stream, string line) =>
        StandardStreams.TryWrite(stream, Encoding.UTF8.GetBytes(line + "\n"));
}
