using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Soak.Planning;

/// <summary>One step of a plan.</summary>
/// <param name="Number">From 1.</param>
/// <param name="NotBefore">Since the soak's beginning. It is later when the fault before it took longer to be over.</param>
/// <param name="Pause">At least this long after the fault before it was over.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Duration">How long it lasts; zero for what is a moment.</param>
/// <param name="Behavior">For chaos: what the product begins to do.</param>
internal sealed record PlannedFault(
    int Number, TimeSpan NotBefore, TimeSpan Pause, FaultKind Kind, TimeSpan Duration, ChaosBehavior? Behavior = null)
{
    /// <summary>Who is hit, in a word.</summary>
    public string Target => Kind switch
    {
        FaultKind.KillProduct or FaultKind.StopProduct or FaultKind.StarveProductProcessor or FaultKind.StarveProductMemory
            or FaultKind.StarveProductDescriptors or FaultKind.SpoilContent => "execguard",
        FaultKind.KillAgent or FaultKind.StopAgent or FaultKind.StarveAgentDescriptors or FaultKind.StarveAgentMemory => "agent",
        FaultKind.KillBroker or FaultKind.StopBroker or FaultKind.PauseBroker => "broker",
        FaultKind.KillWarden or FaultKind.StopWarden => "warden",
        FaultKind.KillSeveral => "execguard, chaos and agent",
        FaultKind.StarveProcessor => "the machine",
        _ => "chaos",
    };

    /// <summary>As the report's and the progress's lines have it.</summary>
    public override string ToString()
    {
        string lasting = Duration > TimeSpan.Zero ? $" for {Duration.TotalSeconds:0.0} s" : "";
        string behavior = Behavior is { } one ? $" {one}" : "";
        return $"#{Number} {Kind}{behavior}{lasting}";
    }
}
