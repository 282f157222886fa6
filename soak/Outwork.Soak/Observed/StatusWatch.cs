using System.Net.Sockets;
using System.Text.Json;
using Outwork.Bench.Observed;
using Outwork.Bench.Running;
using Outwork.Contracts.Control;

namespace Outwork.Soak.Observed;

/// <summary>Asks for the status again and again; nobody answers while the agent is hit.</summary>
internal sealed class StatusWatch(SoakClock clock, string runDirectory)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private StatusSnapshot? latest;
    private long answeredAt;

    /// <summary>The latest answer.</summary>
    public StatusSnapshot? Latest => Volatile.Read(ref latest);

    /// <summary>When the question was asked that has the latest answer.</summary>
    public long AnsweredAt => Volatile.Read(ref answeredAt);

    /// <summary>True when the latest answer says that the product is demoted.</summary>
    public bool IsProductDemoted => Latest?.Products.Any(static product => product is { Name: ProcessRoles.Product, State: "demoted" }) == true;

    /// <summary>Asks until cancelled; each answer goes to <paramref name="told"/>.</summary>
    public async Task RunAsync(Action<StatusSnapshot> told, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, clock.Time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (await TryAskAsync(cancel) is { } status)
                told(status);
        }
    }

    /// <summary>Asks once; null when there is no answer within two seconds.</summary>
    public async Task<StatusSnapshot?> TryAskAsync(CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(Patience);
        long asked = clock.Now;
        try
        {
            StatusSnapshot status = await ControlClient.StatusAsync(runDirectory, limited.Token);
            Volatile.Write(ref latest, status);
            Volatile.Write(ref answeredAt, asked);
            return status;
        }
        catch (Exception e) when (e is SocketException or IOException or BenchFailedException or JsonException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
