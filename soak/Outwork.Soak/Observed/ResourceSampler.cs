using Outwork.Soak.Judging;
using Outwork.Soak.Statistics;

namespace Outwork.Soak.Observed;

/// <summary>Looks at memory and descriptors of every process once a second, at the broker's marks every five.</summary>
internal sealed class ResourceSampler(SoakClock clock, RoleTracker roles)
{
    private const int MarksEvery = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>All samples. To be read when <see cref="RunAsync"/> has ended.</summary>
    public Dictionary<(string Role, string Measure), List<ResourceSample>> Samples { get; } = [];

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, clock.Time);
        for (int look = 0; await timer.WaitForNextTickAsync(cancel); look++)
        {
            foreach (string role in ProcessRoles.Watched)
            {
                if (roles.Of(role) is not { } process)
                    continue;
                Add(role, Measures.Memory, process, ProcessFacts.Resident(process.Pid));
                Add(role, Measures.Descriptors, process, ProcessFacts.Descriptors(process.Pid));
                if (role == ProcessRoles.Broker && look % MarksEvery == 0)
                    Add(role, Measures.Marks, process, ProcessFacts.Marks(process.Pid));
            }
        }
    }

    private void Add(string role, string measure, RoleProcess process, long? value)
    {
        if (value is not { } measured)
            return;
        if (!Samples.TryGetValue((role, measure), out List<ResourceSample>? list))
            Samples[(role, measure)] = list = [];
        list.Add(new ResourceSample(role, process.Pid, clock.Elapsed, SoakClock.Between(process.SeenAt, clock.Now), measured));
    }
}
