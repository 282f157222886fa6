using System.Runtime.InteropServices;

namespace Outwork.Cli;

/// <summary>
/// Tells a command of Ctrl-C and SIGTERM. It has two seconds to end by itself; a second signal ends the process as if nobody listened. In
/// place of the command line library's own, which does not say which signal it was when the command gives up what it waits for.
/// </summary>
internal sealed class CommandStop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public CommandStop()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, ExitCodes.Interrupted));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, ExitCodes.Terminated));
    }

    /// <summary>Runs a command to its end; returns its exit code, or that of the signal that kept it from one.</summary>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> command)
    {
        Task<int> running = command(_stop.Token);
        if (await Task.WhenAny(running, _signalled.Task) == running && !_stop.IsCancellationRequested)
            return await running;
        _ = await Task.WhenAny(running, Task.Delay(Patience));
        return running.IsCompletedSuccessfully || running.IsFaulted ? await running : await _signalled.Task;
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        // Not the source: a handler may be at work with it still.
    }

    private void Take(PosixSignalContext context, int code)
    {
        if (!_signalled.TrySetResult(code))
            return;
        context.Cancel = true;
        _stop.Cancel();
    }
}
