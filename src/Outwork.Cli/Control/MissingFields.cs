using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Control;

/// <summary>
/// Fills in what a response left out. The generated deserializer gives init-only properties that are missing in the JSON the default of
/// their type, null for text and arrays, and not that of their initializer; an agent of another version may leave fields out.
/// </summary>
internal static class MissingFields
{
    public static ControlResponse Fill(ControlResponse response) => response with
    {
        Status = response.Status is { } status ? Fill(status) : null,
        Decisions = response.Decisions?.Select(Fill).ToArray(),
        Ancestry = response.Ancestry?.Select(Fill).ToArray(),
        Event = response.Event is { } notification ? Fill(notification) : null,
    };

    private static StatusSnapshot Fill(StatusSnapshot status) => status with
    {
        Guarded = status.Guarded ?? [],
        NotGuarded = status.NotGuarded ?? [],
        Processes = status.Processes ?? [],
        Mechanisms = status.Mechanisms ?? [],
        Products = (status.Products ?? []).Select(Fill).ToArray(),
        Counters = status.Counters ?? [],
        Latencies = status.Latencies ?? [],
    };

    private static ProductStatus Fill(ProductStatus product) => product with
    {
        Reason = product.Reason ?? "",
        Health = product.Health ?? "",
        ContentVersion = product.ContentVersion ?? "",
    };

    private static NotifyEvent Fill(NotifyEvent notification) => notification with
    {
        Process = notification.Process is { } process ? Fill(process) : null,
        Decision = notification.Decision is { } decision ? Fill(decision) : null,
        Detail = notification.Detail ?? "",
        Losses = notification.Losses ?? [],
    };

    private static DecisionRecord Fill(DecisionRecord decision) => decision with
    {
        Path = decision.Path ?? "",
        Executable = decision.Executable ?? "",
        Votes = (decision.Votes ?? []).Select(v => v with { Product = v.Product ?? "", Reason = v.Reason ?? "" }).ToArray(),
    };

    private static ProcessInfo Fill(ProcessInfo process) => process with
    {
        Executable = process.Executable ?? "",
        Arguments = process.Arguments ?? [],
        WorkingDirectory = process.WorkingDirectory ?? "",
    };
}
