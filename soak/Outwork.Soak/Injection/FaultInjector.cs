using System.Globalization;
using Outwork.Bench.Running;
using Outwork.Sdk.Testing.Chaos;
using Outwork.Soak.Observed;
using Outwork.Soak.Planning;
using Outwork.Soak.Running;

namespace Outwork.Soak.Injection;

/// <summary>Does what the plan says to the running instance, from outside, with the machine's own means.</summary>
internal sealed class FaultInjector(SoakInstance instance, SoakMount mount, RoleTracker roles)
{
    private const string SpoiltRule = "spoilt-by-soak.yar";

    // Below what a process that judges needs at once, and not so little that it is stopped altogether.
    private const int StarvedQuota = 5_000;
    private const long MemoryHeadroom = 256 << 10;

    /// <summary>Does it. What is returned takes the cause away.</summary>
    public async Task<Func<Task>> InjectAsync(PlannedFault fault, CancellationToken cancel)
    {
        switch (fault.Kind)
        {
            case FaultKind.KillProduct:
                return await SignalAsync("KILL", ProcessRoles.Product);
            case FaultKind.KillAgent:
                return await SignalAsync("KILL", ProcessRoles.Agent);
            case FaultKind.KillBroker:
                return await SignalAsync("KILL", ProcessRoles.Broker);
            case FaultKind.KillWarden:
                return await SignalAsync("KILL", ProcessRoles.Warden);
            case FaultKind.KillSeveral:
                return await SignalAsync("KILL", ProcessRoles.Product, ProcessRoles.Chaos, ProcessRoles.Agent);
            case FaultKind.StopBroker:
                return await SignalAsync("STOP", ProcessRoles.Broker);
            case FaultKind.StopProduct:
                return await PauseAsync(ProcessRoles.Product);
            case FaultKind.StopAgent:
                return await PauseAsync(ProcessRoles.Agent);
            case FaultKind.PauseBroker:
                return await PauseAsync(ProcessRoles.Broker);
            case FaultKind.StopWarden:
                return await PauseAsync(ProcessRoles.Warden);
            case FaultKind.StarveProcessor:
                return StartHogs(fault.Duration, cancel);
            case FaultKind.StarveProductProcessor:
                return LowerGroupLimit("cpu", ("cpu.cfs_quota_us", "cpu.max"), (_, old) => old.Contains(' ') ? $"{StarvedQuota} 100000" : $"{StarvedQuota}");
            case FaultKind.StarveProductMemory:
                return LowerGroupLimit("memory", ("memory.limit_in_bytes", "memory.max"), (usage, _) => (usage + MemoryHeadroom).ToString(CultureInfo.InvariantCulture));
            case FaultKind.StarveProductDescriptors:
                return await LimitAsync(ProcessRoles.Product, "nofile", "Max open files", pid => ProcessFacts.Descriptors(pid) ?? 64);
            case FaultKind.StarveAgentDescriptors:
                return await LimitAsync(ProcessRoles.Agent, "nofile", "Max open files", pid => ProcessFacts.Descriptors(pid) ?? 64);
            case FaultKind.StarveAgentMemory:
                return await LimitAsync(ProcessRoles.Agent, "data", "Max data size", _ => 1 << 20);
            case FaultKind.SpoilContent:
                return await SpoilAsync();
            case FaultKind.Chaos:
                return await UnleashAsync(fault.Behavior!.Value);
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "not a fault that can be done");
        }
    }

    /// <summary>True where the control group of a product can be limited further; what cannot is not done, and said so in the report.</summary>
    public bool CanLimit(string controller) => GroupOf(controller) is not null;

    private async Task<Func<Task>> SignalAsync(string signal, params string[] targets)
    {
        string[] pids = [.. targets.Select(roles.Of).OfType<RoleProcess>().Select(process => process.Pid.ToString(CultureInfo.InvariantCulture))];
        if (pids.Length > 0)
            await RunTolerantAsync("kill", [$"-{signal}", .. pids]);
        return static () => Task.CompletedTask;
    }

    private async Task<Func<Task>> PauseAsync(string target)
    {
        if (roles.Of(target) is not { } process)
            return static () => Task.CompletedTask;
        string pid = process.Pid.ToString(CultureInfo.InvariantCulture);
        await RunTolerantAsync("kill", ["-STOP", pid]);
        return () => RunTolerantAsync("kill", ["-CONT", pid]);
    }

    private Func<Task> StartHogs(TimeSpan duration, CancellationToken cancel)
    {
        string processes = (2 * Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        string milliseconds = duration.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
        Task<string> hogs = Command.RunAsync(mount.Probe, ["hog", processes, milliseconds], cancel);
        return () => hogs;
    }

    private async Task<Func<Task>> LimitAsync(string target, string resource, string row, Func<int, long> limit)
    {
        if (roles.Of(target) is not { } process)
            return static () => Task.CompletedTask;
        // "Max open files            1024                 4096                 files"
        string? line = await ReadLineAsync($"/proc/{process.Pid}/limits", row);
        if (line is null)
            return static () => Task.CompletedTask;
        string old = line[row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        string pid = process.Pid.ToString(CultureInfo.InvariantCulture);
        // The hard limit stays, so that it can be undone.
        await RunTolerantAsync("prlimit", ["--pid", pid, $"--{resource}={limit(process.Pid)}:"]);
        return () => RunTolerantAsync("prlimit", ["--pid", pid, $"--{resource}={old}:"]);
    }

    private Func<Task> LowerGroupLimit(string controller, (string One, string Two) files, Func<long, string, string> lower)
    {
        if (GroupOf(controller) is not { } group)
            return static () => Task.CompletedTask;
        bool isFirst = File.Exists(Path.Combine(group, files.One));
        string file = Path.Combine(group, isFirst ? files.One : files.Two);
        string old = File.ReadAllText(file).Trim();
        string usageFile = Path.Combine(group, isFirst ? "memory.usage_in_bytes" : "memory.current");
        long usage = File.Exists(usageFile) ? long.Parse(File.ReadAllText(usageFile), CultureInfo.InvariantCulture) : 0;
        TryWrite(file, lower(usage, old));
        return () =>
        {
            TryWrite(file, old);
            return Task.CompletedTask;
        };
    }

    // "4:memory:/outwork-12ab34cd/execguard", or "0::/..." for version 2.
    private string? GroupOf(string controller)
    {
        if (roles.Of(ProcessRoles.Product) is not { } process)
            return null;
        try
        {
            foreach (string line in File.ReadLines($"/proc/{process.Pid}/cgroup"))
            {
                string[] parts = line.Split(':', 3);
                if (!parts[2].Contains("/outwork-", StringComparison.Ordinal))
                    continue;
                string parent = parts[1].Split(',').Contains(controller) ? ControllerMount(parts[1]) : parts[1].Length == 0 ? "/sys/fs/cgroup" : "";
                if (parent.Length > 0 && Directory.Exists(parent + parts[2]))
                    return parent + parts[2];
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }
        return null;
    }

    private static string ControllerMount(string controllers) => Directory.Exists($"/sys/fs/cgroup/{controllers}")
        ? $"/sys/fs/cgroup/{controllers}"
        : $"/sys/fs/cgroup/{controllers.Split(',')[0]}";

    private async Task<Func<Task>> SpoilAsync()
    {
        string rule = Path.Combine(instance.ProductContent, SpoiltRule);
        await File.WriteAllTextAsync(rule, "rule Spoilt {\n  condition: nonsense\n}\n");
        return () =>
        {
            File.Delete(rule);
            return Task.CompletedTask;
        };
    }

    private async Task<Func<Task>> UnleashAsync(ChaosBehavior behavior)
    {
        await instance.SetBehaviorAsync(behavior);
        await SignalAsync("KILL", ProcessRoles.Chaos);
        return async () =>
        {
            await instance.SetBehaviorAsync(ChaosBehavior.Behaves);
            await SignalAsync("KILL", ProcessRoles.Chaos);
        };
    }

    // Who is hit may have ended a moment ago: then there is nothing left to do.
    private static async Task RunTolerantAsync(string program, string[] arguments)
    {
        try
        {
            await Command.RunAsync(program, arguments, CancellationToken.None);
        }
        catch (BenchFailedException)
        {
            // "No such process", on standard error.
        }
    }

    private static async Task<string?> ReadLineAsync(string path, string start)
    {
        try
        {
            return (await File.ReadAllLinesAsync(path)).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return null;
        }
    }

    // The group goes with its process; a limit below what cannot be given back is refused (EBUSY).
    private static void TryWrite(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing to limit, or nothing to restore.
        }
    }
}
