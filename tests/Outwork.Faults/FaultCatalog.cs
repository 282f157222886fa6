namespace Outwork.Faults;

/// <summary>Every fault that is made, in the order of the matrix.</summary>
public static class FaultCatalog
{
    /// <summary>All.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. ProductFaults.All,
        .. ChaosFaults.All,
        .. BrokerFaults.All,
        .. WardenFaults.All,
        .. AgentFaults.All,
        .. InputFaults.All,
        .. ResourceFaults.All,
        .. KernelFaults.All,
    ];

    /// <summary>The one of a name.</summary>
    public static Fault Find(string name) => All.Single(fault => fault.Name == name);
}
