using System.Runtime.InteropServices;
using System.Text;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden;

/// <summary>Lines for people, written at once: the console's encodings and writers would be a fifth of this process.</summary>
internal static class Output
{
    private static OutputThread? s_beside;

    /// <summary>What the one who started the warden waits for.</summary>
    public static void WriteLine(string line) => Write(StandardStreams.Output, line);

    /// <summary>What went wrong.</summary>
    public static void WriteError(string line) => Write(StandardStreams.Error, "outwork-warden: " + line);

    /// <summary>
    /// Until it is disposed, lines are written by a thread of their own: whoever does not read what we say keeps nobody waiting but that
    /// thread.
    /// </summary>
    public static OutputThread WriteBeside() => s_beside = new OutputThread();

    // When nobody reads there is nobody to tell either.
    private static void Write(SafeHandle stream, string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        if (s_beside is { HasEnded: false } beside)
            beside.Write(stream, bytes);
        else
            StandardStreams.TryWrite(stream, bytes);
    }
}
