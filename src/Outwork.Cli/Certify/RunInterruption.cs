using System.Runtime.InteropServices;

namespace Outwork.Cli.Certify;

/// <summary>A signal that asks the process to end cancels the run instead, so that it removes what it made.</summary>
internal sealed class RunInterruption : IDisposable
{
    // The shell's: 128 and the signal's number (signal(7)).
    private static readonly (PosixSignal Signal, int ExitCode)[] Signals =
        [(PosixSignal.SIGHUP, 129), (PosixSignal.SIGINT, 130), (PosixSignal.SIGTERM, 143)];

    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public RunInterruption() => _registrations = [.. Signals.Select(known => PosixSignalRegistration.Create(known.Signal, context =>
    {
        context.Cancel = true;
        _ = Interlocked.CompareExchange(ref _exitCode, known.ExitCode, 0);
        _cancellation.Cancel();
    }))];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>What the process ends with by the first signal; 0 before.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _cancellation.Dispose();
    }
}
