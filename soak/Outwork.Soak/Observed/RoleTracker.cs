namespace Outwork.Soak.Observed;

/// <summary>A process that has a role.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="SeenAt">When it was first seen, on <see cref="SoakClock"/>.</param>
internal sealed record RoleProcess(int Pid, long SeenAt);

/// <summary>Which process has which role, looked at every 20 ms, with the wait that its start was due after. Any thread.</summary>
internal sealed class RoleTracker(SoakClock clock, int root)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly Dictionary<string, RoleProcess> current = [];
    private readonly Dictionary<string, RestartModel> models = [];

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period, clock.Time);
        do
            Take(ProcessRoles.Read(root));
        while (await timer.WaitForNextTickAsync(cancel));
    }

    /// <summary>The process of a role now, or null.</summary>
    public RoleProcess? Of(string role)
    {
        lock (gate)
            return current.GetValueOrDefault(role);
    }

    /// <summary>By how much the latest start of a role was due later than after the shortest wait.</summary>
    public TimeSpan ExtraWait(string role)
    {
        lock (gate)
            return models.GetValueOrDefault(role)?.Extra ?? TimeSpan.Zero;
    }

    /// <summary>Takes what was found.</summary>
    internal void Take(Dictionary<string, int> found)
    {
        long now = clock.Now;
        lock (gate)
        {
            foreach (var (role, process) in current.ToArray())
            {
                if (found.GetValueOrDefault(role) == process.Pid)
                    continue;
                current.Remove(role);
                if (!models.TryGetValue(role, out RestartModel? model))
                    models[role] = model = new RestartModel();
                model.OnEnded(SoakClock.Between(process.SeenAt, now));
            }
            foreach (var (role, pid) in found)
            {
                if (current.ContainsKey(role))
                    continue;
                current[role] = new RoleProcess(pid, now);
                if (role == ProcessRoles.Warden)
                    ResetOthers();
            }
        }
    }

    private void ResetOthers()
    {
        foreach (var (role, model) in models)
        {
            if (role is not (ProcessRoles.Warden or ProcessRoles.Keeper))
                model.Reset();
        }
    }
}
