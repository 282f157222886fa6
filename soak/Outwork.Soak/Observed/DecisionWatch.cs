using System.Net.Sockets;
using System.Text.Json;
using Outwork.Bench.Observed;
using Outwork.Bench.Running;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.Soak.Observed;

/// <summary>Asks Outwork why it let through what must be denied, as long as it remembers.</summary>
internal sealed class DecisionWatch(string runDirectory)
{
    private const int Told = 3;
    private static readonly string[] Denied = ["/soak/refused/", "/soak/fresh/found-"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The latest decisions that let through what must be denied, newest first, in words.</summary>
    public async Task<IReadOnlyList<string>> ExplainAsync(CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(Patience);
        try
        {
            var request = new ControlRequest { Operation = ControlOperations.Decisions, Count = ControlLimits.MaximumDecisions };
            ControlResponse response = await ControlClient.AskAsync(runDirectory, request, limited.Token);
            return response.Decisions is { } decisions ? Explain(decisions) : [$"no decisions: {response.Error}"];
        }
        catch (Exception e) when (e is SocketException or IOException or BenchFailedException or JsonException or OperationCanceledException)
        {
            return [$"no decisions: {e.Message}"];
        }
    }

    /// <summary>From decisions, oldest first.</summary>
    internal static IReadOnlyList<string> Explain(IReadOnlyList<DecisionRecord> decisions)
    {
        string[] told =
        [
            .. decisions.Reverse().Where(static decision => decision.Verdict == Verdict.Allow && Array.Exists(Denied, part => decision.Path.Contains(part, StringComparison.Ordinal)))
                .Take(Told).Select(Describe),
        ];
        return told.Length > 0 ? told : [$"none of the latest {decisions.Count} decisions let it through"];
    }

    private static string Describe(DecisionRecord decision) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"decision {decision.Id} on {decision.Path[(decision.Path.LastIndexOf('/') + 1)..]}: {decision.Source}, rule {decision.Rule ?? "none"}, failure {decision.Failure}, policy {decision.PolicyGeneration}, "
        + $"{decision.Microseconds / 1000:0.0} ms, cached from {decision.CachedFrom}, votes: {string.Join("; ", decision.Votes.Select(static vote => $"{vote.Product} {vote.Verdict} {vote.Reason}"))}");
}
