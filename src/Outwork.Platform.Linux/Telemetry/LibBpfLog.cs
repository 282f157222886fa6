using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Collects what libbpf says while it loads, for the mechanism's detail; libbpf's callback is process-wide, so loads are
/// serialized. The beginning and the end are kept: the verifier's reason is in the last lines.
/// </summary>
internal static unsafe class LibBpfLog
{
    private const int MaxCharacters = 16_384;
    private static readonly Lock Gate = new();
    private static readonly StringBuilder Text = new();

    /// <summary>Runs <paramref name="load"/> and gives its result with libbpf's warnings.</summary>
    public static (T Result, string Log) Capture<T>(Func<T> load)
    {
        lock (Gate)
        {
            Text.Clear();
            nint former = Interop.libbpf_set_print(&Print);
            try
            {
                T result = load();
                return (result, Text.ToString().Trim());
            }
            finally
            {
                _ = Interop.libbpf_set_print((delegate* unmanaged<int, byte*, nint, int>)former);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level != Interop.LIBBPF_WARN)
            return 0;
        const int Size = 4_096;
        byte* buffer = stackalloc byte[Size];
        int length = Interop.vsnprintf(buffer, Size, format, arguments);
        if (length <= 0)
            return 0;
        Text.Append(Encoding.UTF8.GetString(buffer, Math.Min(length, Size - 1)));
        if (Text.Length > MaxCharacters)
            Text.Remove(MaxCharacters / 4, Text.Length - MaxCharacters);
        return length;
    }
}
