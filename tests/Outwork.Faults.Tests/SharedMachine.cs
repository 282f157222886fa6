using Outwork.Faults;

namespace Outwork.Faults.Tests;

/// <summary>
/// One machine for as many faults as can be made on it one after the other: each gets a machine that judges, with a victim that nothing has
/// happened to yet.
/// </summary>
public sealed class SharedMachine : IDisposable
{
    private const int BrokerFaultsAtMost = 3;
    private const int WardenEndsAtMost = 2;
    private const int AgentEndsAtMost = 3;
    private static readonly TimeSpan Lives = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Renewed = TimeSpan.FromMinutes(2);

    private FaultedMachine? _machine;
    private long _started;
    private int _brokerFaults, _wardenEnds, _agentEnds;

    /// <summary>What was measured so far.</summary>
    public List<FaultResult> Results { get; } = [];

    /// <summary>A machine for a fault.</summary>
    public FaultedMachine For(Fault fault)
    {
        bool isWorn = _machine is null
            || (fault.HitsVictim && _machine.FreshVictims == 0)
            || (fault.NeedsRestedVictim && _brokerFaults + _wardenEnds > 0)
            || (fault.WardenEnds > 0 && _wardenEnds + fault.WardenEnds > WardenEndsAtMost)
            || (fault.AgentEnds > 0 && _agentEnds + fault.AgentEnds > AgentEndsAtMost)
            || (fault.HitsBroker && _brokerFaults >= BrokerFaultsAtMost)
            || TimeProvider.System.GetElapsedTime(_started) > Renewed
            || _machine.WaitUntilJudging(TimeSpan.FromSeconds(5)) is null;
        if (isWorn)
        {
            End();
            _machine = FaultedMachine.Start(Lives);
            (_started, _brokerFaults, _wardenEnds, _agentEnds) = (TimeProvider.System.GetTimestamp(), 0, 0, 0);
        }

        _brokerFaults += fault.HitsBroker ? 1 : 0;
        _wardenEnds += fault.WardenEnds;
        _agentEnds += fault.AgentEnds;
        return _machine!;
    }

    /// <summary>Ends the machine and sees that nothing of it is left.</summary>
    public void End(bool groupsMayStay = false)
    {
        if (_machine is null)
            return;
        FaultedMachine ended = _machine;
        _machine = null;
        ended.Dispose();
        string[] left = [.. ended.Leftovers!.Counts.Keys.Where(name => !groupsMayStay || !name.StartsWith("control group", StringComparison.Ordinal))];
        Assert.True(left.Length == 0, $"a machine that has ended left behind: {string.Join(", ", left)}\n{ended.LastLog}");
    }

    public void Dispose()
    {
        End();
        if (Environment.GetEnvironmentVariable("OUTWORK_WRITE_FAULT_MATRIX") is { Length: > 0 } path && Results.Count > 0)
            File.WriteAllText(path, FaultMatrix.Format(Results));
    }
}
