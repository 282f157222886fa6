using System.Runtime.InteropServices;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Supervision;

/// <summary>Turns the signals that ask a process to end into a descriptor that the supervisor waits for.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly WakeUp _wake = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopRequest()
    {
        // signalfd would need the signals blocked in the runtime's own threads, which started before Main.
        PosixSignal[] signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
        _registrations = new PosixSignalRegistration[signals.Length];
        for (int i = 0; i < signals.Length; i++)
            _registrations[i] = PosixSignalRegistration.Create(signals[i], OnSignal);
    }

    public SafeHandle Handle => _wake.Handle;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _wake.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _wake.Raise();
    }
}
