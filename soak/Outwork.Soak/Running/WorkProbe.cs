using System.Diagnostics;
using Outwork.Bench.Running;
using Outwork.Soak.Judging;

namespace Outwork.Soak.Running;

/// <summary>The compiled probe at work on both mounts; tells each operation.</summary>
internal sealed class WorkProbe(SoakMount mount, SoakClock clock) : IAsyncDisposable
{
    private readonly Process process = Command.Start(mount.Probe, "work", mount.Root, mount.Control);

    /// <summary>Tells operations until the probe has ended.</summary>
    /// <exception cref="BenchFailedException">The probe said what is no operation.</exception>
    public async Task RunAsync(Action<WorkSample> told)
    {
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            told(WorkSample.Parse(line, clock.Now) ?? throw new BenchFailedException($"The probe said: {line}"));
    }

    /// <summary>Ends the probe: its children end with it.</summary>
    public void Stop() => process.StandardInput.Close();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
