using Outwork.Agent.Broker;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>Looks at a product as long as its content is on trial in force, often enough that a failure is undone within a second.</summary>
/// <param name="broker">Says how the product is.</param>
/// <param name="time">Clock.</param>
internal sealed class ContentPeriod(IBrokerLink broker, TimeProvider time)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan SoonLasts = TimeSpan.FromMinutes(2);

    /// <summary>The status now; null while there is no broker.</summary>
    public async Task<StatusSnapshot?> StatusAsync(CancellationToken cancellation) =>
        (await broker.SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation)).Status;

    /// <summary>Waits until the period is over, something fails, or there is nothing to watch any more.</summary>
    /// <param name="watch">Decides.</param>
    /// <param name="isInForce">Whether the content still is: the administrator may take it back at any time.</param>
    /// <param name="inForce">How long the content has been in force already.</param>
    /// <param name="length">How long it must be.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Why the content must go; null when it proved itself, or is no longer in force.</returns>
    public async Task<string?> WatchAsync(OnTrialWatch watch, Func<bool> isInForce, TimeSpan inForce, TimeSpan length, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            TimeSpan now = inForce + time.GetElapsedTime(started);
            if (await StatusAsync(cancellation) is { } status && watch.Look(status, now) is { } fault)
                return fault;
            if (now >= length || !isInForce())
                return null;
            await Task.Delay(time.GetElapsedTime(started) < SoonLasts ? Soon : Later, time, cancellation);
        }
    }
}
