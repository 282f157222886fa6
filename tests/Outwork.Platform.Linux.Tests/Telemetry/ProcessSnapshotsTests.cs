using System.Diagnostics;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

/// <summary>What the walk inside the kernel finds against what /proc says.</summary>
public sealed class ProcessSnapshotsTests : IDisposable
{
    private static readonly ulong Boot = BootClock.ReadBootId();
    private readonly ProcessSnapshots _snapshots;
    private readonly List<Process> _started = [];

    public ProcessSnapshotsTests()
    {
        RequiresRoot.Check();
        _snapshots = ProcessSnapshots.Open(Boot, new BpfTelemetryOptions(), out MechanismStatus mechanism);
        Assert.True(mechanism.InForce, mechanism.Detail);
    }

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        _snapshots.Dispose();
    }

    [Fact]
    public void Both_ways_find_the_same_processes_with_the_same_facts()
    {
        for (int i = 0; i < 10; i++)
            Start("/bin/sleep", "60");
        for (int round = 0; round < 2; round++)
        {
            var (first, firstUnixNs) = ProcSnapshot.Take(Boot);
            var before = first.ToDictionary(p => p.Id);
            var walked = _snapshots.Take().Processes;
            var after = ProcSnapshot.Take(Boot).Processes.ToDictionary(p => p.Id);
            Assert.Equal(walked.Count, walked.Select(p => p.Pid).Distinct().Count());
            // What ends just then has ended for the walk and is not yet a zombie for /proc.
            foreach (var id in before.Keys.Intersect(after.Keys).Except(walked.Select(p => p.Id)))
                WaitUntil(() => ProcSnapshot.Take(Boot).Processes.All(p => p.Id != id), after[id].ToString());
            // Start times are told in units of 10 ms.
            Assert.All(walked, p => Assert.True(before.ContainsKey(p.Id) || p.StartedUnixNs > firstUnixNs - 20_000_000, p.ToString()));
            // Of those that did not change meanwhile.
            var steady = walked.Where(p => before.TryGetValue(p.Id, out var b) && after.TryGetValue(p.Id, out var a) && Same(a, b)).ToList();
            Assert.True(steady.Count >= 11);
            Assert.All(steady, p => Assert.True(Same(p, after[p.Id]), $"{p} is not {after[p.Id]}"));
            Assert.All(walked, p => Assert.True(p.Reconstructed));
        }
    }

    [Fact]
    public void Only_what_is_new_or_executed_another_program_is_read_from_proc()
    {
        Process changes = Start("/bin/sh", "-c", "read line; exec /bin/sleep 60");
        WaitUntil(() => File.ReadAllText($"/proc/{changes.Id}/cmdline").StartsWith("/bin/sh", StringComparison.Ordinal));
        int all = _snapshots.Take().Processes.Count;
        Assert.InRange(_snapshots.ReadFromProc, 1, all + 10);
        _snapshots.Take();
        Assert.InRange(_snapshots.ReadFromProc, 0, all / 2);
        Assert.Equal(["/bin/sh", "-c", "read line; exec /bin/sleep 60"], Find(changes.Id)!.Arguments);

        changes.StandardInput.WriteLine();
        WaitUntil(() => File.ReadAllText($"/proc/{changes.Id}/cmdline").StartsWith("/bin/sleep", StringComparison.Ordinal));
        Process started = Start("/bin/sleep", "61");
        WaitUntil(() => File.ReadAllText($"/proc/{started.Id}/cmdline").StartsWith("/bin/sleep", StringComparison.Ordinal));
        Assert.Equal(["/bin/sleep", "60"], Find(changes.Id)!.Arguments);
        Assert.InRange(_snapshots.ReadFromProc, 2, all / 2);
        Assert.Equal(["/bin/sleep", "61"], Find(started.Id)!.Arguments);
        started.Kill();
        started.WaitForExit();
        Assert.Null(Find(started.Id));
    }

    [Fact]
    public void Zombie_and_threads_are_not_listed()
    {
        Process parent = Start("/bin/sh", "-c", "/bin/sleep 0.3 & echo $!; exec /bin/sleep 60");
        int zombie = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        WaitUntil(() => File.ReadAllText($"/proc/{zombie}/stat").Contains(") Z ", StringComparison.Ordinal));
        using var blocked = new ManualResetEventSlim();
        var thread = new Thread(blocked.Wait);
        thread.Start();

        var pids = _snapshots.Take().Processes.Select(p => p.Pid).ToHashSet();
        Assert.DoesNotContain(zombie, pids);
        Assert.Contains(parent.Id, pids);
        Assert.Contains(Environment.ProcessId, pids);
        string[] threads = [.. Directory.EnumerateDirectories("/proc/self/task").Select(t => Path.GetFileName(t)!)];
        Assert.True(threads.Length > 2);
        Assert.Equal([Environment.ProcessId], threads.Select(t => int.Parse(t, System.Globalization.CultureInfo.InvariantCulture)).Where(pids.Contains));
        blocked.Set();
        thread.Join();
    }

    [Fact]
    public void Process_whose_threads_execute_is_never_missed_nor_listed_twice()
    {
        using var build = new TempDirectory();
        string program = CProgram.Compile(build, Path.Combine(AppContext.BaseDirectory, "testassets", "exec-by-thread.c"), "exec-by-thread");
        Process process = Start(program, "1000000");
        for (int i = 0; i < 1_000; i++)
            Assert.Single(_snapshots.Take().Processes, p => p.Pid == process.Id);
        Assert.False(process.HasExited);
    }

    [Fact]
    public void Reparented_process_has_its_new_parent()
    {
        Process child = Start("/bin/sh", "-c", "/bin/sleep 60 & echo $!; read line");
        int orphan = int.Parse(child.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(child.Id, Find(orphan)!.ParentPid);
        child.StandardInput.Close();
        child.WaitForExit();
        ProcessInfo found = Find(orphan)!;
        using Process sleep = Process.GetProcessById(orphan);
        sleep.Kill();
        Assert.NotEqual(child.Id, found.ParentPid);
        Assert.NotEqual(ProcessId.Unknown, found.ParentId);
    }

    [Fact]
    public void Without_the_programs_everything_is_read_from_proc_and_the_status_says_so()
    {
        using var snapshots = ProcessSnapshots.Open(Boot, new BpfTelemetryOptions { ObjectPath = "/nonexistent.o" }, out MechanismStatus mechanism);
        Assert.Equal((MechanismNames.BpfTaskIterator, false), (mechanism.Name, mechanism.InForce));
        Assert.NotEmpty(mechanism.Lost);
        var processes = snapshots.Take().Processes;
        Assert.Contains(processes, p => p.Pid == Environment.ProcessId);
        Assert.Equal(processes.Count, snapshots.ReadFromProc);
    }

    // What a walk may know and a reading of /proc does not: the control group's number.
    private static bool Same(ProcessInfo one, ProcessInfo other) =>
        one.Pid == other.Pid && one.ParentId == other.ParentId && one.ParentPid == other.ParentPid && one.UserId == other.UserId && one.GroupId == other.GroupId
        && one.Executable == other.Executable && one.Arguments.SequenceEqual(other.Arguments) && one.ContainerId == other.ContainerId;

    private ProcessInfo? Find(int pid) => _snapshots.Take().Processes.SingleOrDefault(p => p.Pid == pid);

    private Process Start(string program, params string[] arguments)
    {
        Process process = TestProcess.Start("/", program, arguments);
        _started.Add(process);
        return process;
    }

    private static void WaitUntil(Func<bool> condition, string what = "")
    {
        for (long end = Environment.TickCount64 + 20_000; !condition(); Thread.Yield())
            Assert.True(Environment.TickCount64 < end, what);
    }
}
