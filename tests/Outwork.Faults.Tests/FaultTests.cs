using Outwork.Faults;

namespace Outwork.Faults.Tests;

/// <summary>Every fault of the catalogue on the real kernel: what it may cost others, and how soon everything judges again.</summary>
public sealed class FaultTests(SharedMachine shared) : IClassFixture<SharedMachine>
{
    // Scheduling on a machine that builds, starts a hundred programs a second for this, and does whatever else.
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AtRest = TimeSpan.FromSeconds(3);

    // OUTWORK_FAULTS narrows them down to those whose name holds it, for whoever works on one.
    public static TheoryData<string> Faults =>
    [
        .. FaultCatalog.All.Select(static fault => fault.Name)
            .Where(static name => name.Contains(Environment.GetEnvironmentVariable("OUTWORK_FAULTS") ?? "", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_is_survived(string name)
    {
        RequiresRoot.Check();
        Fault fault = FaultCatalog.Find(name);
        FaultedMachine machine = shared.For(fault);

        FaultResult result = FaultRun.Execute(fault, machine);

        string log = $"\nlog:\n{result.Log}";
        Assert.True(result.Operations > 10, $"the probe did {result.Operations} operations only");
        Assert.True(result.Failed.Count == 0, $"{result.Failed.Count} operations failed, {string.Join(", ", result.Failed.Take(3))}{log}");
        Assert.True(result.LongestWait <= (fault.TakesProcessors ? Allowed(fault.LongestWait, machine) : fault.LongestWait + Noise),
            $"{result.LongestOperation} took {result.LongestWait.TotalMilliseconds:0} ms; at most {fault.LongestWait.TotalMilliseconds:0} ms are allowed{log}");
        Assert.True(result.Unprotected <= Allowed(fault.Gap, machine), $"what is denied got through for {result.Unprotected.TotalSeconds:0.00} s{log}");
        if (fault.Recovery is { } limit)
        {
            Assert.True(result.Recovery is not null, $"not everything judges again: {machine.Judgement()}{log}");
            Assert.True(
                result.Recovery <= Allowed(limit, machine),
                $"everything judged again after {result.Recovery.Value.TotalSeconds:0.00} s; {limit.TotalSeconds:0.0} s are allowed{log}");
        }

        Assert.True(result.Leftovers.Count == 0, $"left behind: {string.Join(", ", result.Leftovers)}{log}");
        if (fault.SpoilsMachine)
            shared.End(fault.LeavesControlGroups);
        shared.Results.Add(result);
    }

    // What has to be started again takes as much longer as the whole did at first, where that took longer than on a machine at rest.
    private static TimeSpan Allowed(TimeSpan limit, FaultedMachine machine) =>
        limit == TimeSpan.Zero || limit == TimeSpan.MaxValue ? limit : (limit * Math.Max(1, machine.StartedIn / AtRest)) + Noise;
}
