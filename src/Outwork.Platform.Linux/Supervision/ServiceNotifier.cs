using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// Tells the service manager that started this process how it fares: a datagram of assignments to the socket that
/// <c>NOTIFY_SOCKET</c> names (sd_notify(3)). Nothing waits for the manager, which may itself be waiting for a verdict: what
/// its socket does not take at once is not sent, and the caller is told. Any thread.
/// </summary>
public sealed unsafe class ServiceNotifier : IWatchdog, IDisposable
{
    /// <summary>Names the manager's socket: a path, or '@' and a name in the abstract namespace.</summary>
    public const string SocketVariable = "NOTIFY_SOCKET";

    /// <summary>The time in microseconds within which the manager wants to hear <see cref="TellAlive"/> (sd_watchdog_enabled(3)).</summary>
    public const string WatchdogVariable = "WATCHDOG_USEC";

    /// <summary>The process that is to tell it; absent when whoever reads the variables is.</summary>
    public const string WatchdogProcessVariable = "WATCHDOG_PID";

    private const long LongestLimit = long.MaxValue / TimeSpan.TicksPerMicrosecond;

    private readonly SafeFileHandle _socket;

    private ServiceNotifier(SafeFileHandle socket) => _socket = socket;

    /// <summary>Within which time the manager takes silence for a hang; null when it does not look.</summary>
    public TimeSpan? WatchdogLimit { get; init; }

    // The data of the program's image: it never moves and needs no pin.
    private static ReadOnlySpan<byte> Alive => "WATCHDOG=1"u8;

    /// <summary>Connects to the manager that the environment names; null when there is none or it cannot be reached.</summary>
    /// <param name="fault">Why it cannot be reached; empty when there is none.</param>
    public static ServiceNotifier? FromEnvironment(out string fault) => Connect(
        Environment.GetEnvironmentVariable(SocketVariable),
        Environment.GetEnvironmentVariable(WatchdogVariable),
        Environment.GetEnvironmentVariable(WatchdogProcessVariable),
        out fault);

    /// <summary>The same with the variables' values.</summary>
    public static ServiceNotifier? Connect(string? address, string? watchdogMicroseconds, string? watchdogProcess, out string fault)
    {
        fault = "";
        if (string.IsNullOrEmpty(address))
            return null;
        int length = Encoding.UTF8.GetByteCount(address);
        if (address[0] is not ('/' or '@') || length < 2 || length >= Interop.UNIX_PATH_MAX)
        {
            fault = $"{SocketVariable}={address}: expected a path or '@' and a name, of at most {Interop.UNIX_PATH_MAX - 1} bytes";
            return null;
        }

        SafeFileHandle socket = Interop.socket(Interop.AF_UNIX, Interop.SOCK_DGRAM | Interop.SOCK_CLOEXEC, 0);
        if (socket.IsInvalid)
            throw new LinuxException("socket", Marshal.GetLastPInvokeError());
        var name = new Interop.sockaddr_un { sun_family = Interop.AF_UNIX };
        Encoding.UTF8.GetBytes(address, new Span<byte>(name.sun_path, Interop.UNIX_PATH_MAX));

        // unix(7): an abstract name begins with a zero byte and ends where the address does, a path ends at its zero byte.
        bool isAbstract = address[0] == '@';
        if (isAbstract)
            name.sun_path[0] = 0;
        uint size = (uint)(sizeof(ushort) + length + (isAbstract ? 0 : 1));
        if (Interop.connect(socket, &name, size) == 0)
            return new ServiceNotifier(socket) { WatchdogLimit = ReadLimit(watchdogMicroseconds, watchdogProcess) };
        fault = $"{SocketVariable}={address}: {Marshal.GetLastPInvokeErrorMessage()}";
        socket.Dispose();
        return null;
    }

    /// <summary>It does what it was started for. False when that could not be told.</summary>
    /// <param name="status">One line for people.</param>
    public bool TellReady(string status) => Send("READY=1\n" + Status(status));

    /// <summary>How it fares. False when that could not be told.</summary>
    /// <param name="status">One line for people.</param>
    public bool TellStatus(string status) => Send(Status(status));

    /// <summary>It is about to end. False when that could not be told.</summary>
    /// <param name="status">One line for people.</param>
    public bool TellStopping(string status) => Send("STOPPING=1\n" + Status(status));

    /// <inheritdoc/>
    public bool TellAlive() => Send(Alive);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // A line break would begin another assignment.
    private static string Status(string status) => "STATUS=" + status.ReplaceLineEndings(" ");

    private bool Send(string message) => Send(Encoding.UTF8.GetBytes(message));

    private bool Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* first = message)
        {
            const int flags = Interop.MSG_DONTWAIT | Interop.MSG_NOSIGNAL;
            return Interop.send(_socket, first, (nuint)message.Length, flags) == message.Length;
        }
    }

    private static TimeSpan? ReadLimit(string? microseconds, string? process)
    {
        bool isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit is > 0 and <= LongestLimit
            ? TimeSpan.FromMicroseconds(limit)
            : null;
    }
}
