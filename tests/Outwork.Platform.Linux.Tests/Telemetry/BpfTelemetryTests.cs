using System.Diagnostics;
using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

public sealed class BpfTelemetryTests
{
    private static BpfTelemetry Start(BpfTelemetryOptions? options = null)
    {
        RequiresRoot.Check();
        (BpfTelemetry? telemetry, MechanismStatus status) = BpfTelemetry.Start(options ?? new BpfTelemetryOptions());
        Assert.True(telemetry is not null, status.Detail);
        Assert.True(status.InForce);
        return telemetry;
    }

    private static string RealPath(string path) => TestProcess.Run("/usr/bin/readlink", "-f", path).Output.Trim();

    [Fact]
    public void Spawn_is_seen_as_fork_exec_exit_with_every_detail()
    {
        using BpfTelemetry telemetry = Start();
        using TempDirectory directory = new();
        long before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        TestProcess child = TestProcess.RunIn(directory.Path, "/bin/sh", "-c", "exit 7", "a b", "ü");

        List<SeenEvent> seen = new RecordingSink().WaitForExit(telemetry, child.Pid);
        Assert.Equal([EventKind.Fork, EventKind.Exec, EventKind.Exit], seen.Select(e => e.Kind));
        SeenEvent exec = seen[1];
        Assert.Equal(RealPath("/bin/sh"), exec.Program);
        Assert.Equal(["/bin/sh", "-c", "exit 7", "a b", "ü"], exec.Arguments);
        Assert.False(exec.ArgumentsTruncated);
        Assert.Equal(directory.Path, exec.WorkingDirectory);
        Assert.Equal(ExecVia.Direct, exec.Via);
        Assert.Equal(Environment.ProcessId, exec.Facts.ParentPid);
        Assert.Equal(7, seen[2].ExitCode);
        Assert.All(seen, e =>
        {
            Assert.Equal(seen[0].Facts.StartTicks, e.Facts.StartTicks);
            Assert.Equal(0u, e.Facts.UserId);
            Assert.InRange(e.Facts.TimeUnixNs, before - 20_000_000, before + 20_000_000_000);
            Assert.NotEqual(0ul, e.Facts.ControlGroupId);
        });
    }

    [Fact]
    public void Identity_from_events_equals_identity_from_a_snapshot()
    {
        using BpfTelemetry telemetry = Start();
        ulong bootId = BootClock.ReadBootId();
        using Process sleeper = TestProcess.Start("/", "/bin/sleep", "60");
        try
        {
            RecordingSink sink = new RecordingSink().WaitFor(telemetry, e => e.Kind == EventKind.Exec && e.Facts.Pid == sleeper.Id);
            ProcessFacts facts = sink.Seen.Find(e => e.Kind == EventKind.Exec && e.Facts.Pid == sleeper.Id)!.Facts;
            ProcessInfo read = Assert.Single(ProcSnapshot.Take(bootId).Processes, p => p.Pid == sleeper.Id);
            Assert.Equal(read.Id, ProcessId.From(bootId, facts.Pid, facts.StartTicks));
            Assert.Equal(read.ParentId, ProcessId.From(bootId, facts.ParentPid, facts.ParentStartTicks));
            Assert.Equal(Environment.ProcessId, read.ParentPid);
            Assert.Equal(["/bin/sleep", "60"], read.Arguments);
            Assert.Equal("/", read.WorkingDirectory);
            Assert.Equal(RealPath("/bin/sleep"), read.Executable);
            Assert.InRange(facts.StartedUnixNs - read.StartedUnixNs, -1_000_000, 11_000_000);
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }
        Assert.Equal(128 + 9, new RecordingSink().WaitForExit(telemetry, sleeper.Id)[^1].ExitCode);
    }

    [Fact]
    public void Script_is_told_with_its_interpreter_and_its_own_path()
    {
        using BpfTelemetry telemetry = Start();
        using TempDirectory directory = new();
        string script = directory["script"];
        File.WriteAllText(script, "#!/bin/sh -e\nexit 3\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        TestProcess child = TestProcess.Run(script, "x");

        List<SeenEvent> seen = new RecordingSink().WaitForExit(telemetry, child.Pid);
        SeenEvent exec = Assert.Single(seen, e => e.Kind == EventKind.Exec);
        Assert.Equal(ExecVia.Script, exec.Via);
        Assert.Equal(RealPath("/bin/sh"), exec.Program);
        Assert.Equal(script, exec.Script);
        Assert.Equal(["/bin/sh", "-e", script, "x"], exec.Arguments);
        Assert.Equal(3, seen[^1].ExitCode);
    }

    [Fact]
    public void Long_arguments_are_cut_and_marked()
    {
        using BpfTelemetry telemetry = Start();
        TestProcess child = TestProcess.Run("/bin/true", new string('a', 300), new string('b', 5_000));
        SeenEvent exec = Assert.Single(new RecordingSink().WaitForExit(telemetry, child.Pid), e => e.Kind == EventKind.Exec);
        Assert.True(exec.ArgumentsTruncated);
        Assert.Equal(["/bin/true", new string('a', 300)], exec.Arguments[..2]);
        Assert.Equal(512 - 10 - 301, exec.Arguments[2].Length);
    }

    [Fact]
    public void File_identity_is_what_stat_shows()
    {
        using BpfTelemetry telemetry = Start();
        TestProcess child = TestProcess.Run("/usr/bin/true");
        SeenEvent exec = Assert.Single(new RecordingSink().WaitForExit(telemetry, child.Pid), e => e.Kind == EventKind.Exec);
        string[] stat = TestProcess.Run("/usr/bin/stat", "-L", "-c", "%d %i %s %.9Y %.9Z", "/usr/bin/true").Output.Trim().Split(' ');
        FileIdentity expected = new(
            ulong.Parse(stat[0]), ulong.Parse(stat[1]), ulong.Parse(stat[2]),
            long.Parse(stat[3].Replace(".", "", StringComparison.Ordinal)), long.Parse(stat[4].Replace(".", "", StringComparison.Ordinal)));
        Assert.Equal(expected, exec.File);
    }

    [Fact]
    public void Working_directory_below_a_mount_has_its_whole_path()
    {
        using BpfTelemetry telemetry = Start();
        DirectoryInfo directory = Directory.CreateDirectory("/dev/shm/outwork-test-cwd/a/b");
        try
        {
            TestProcess child = TestProcess.RunIn(directory.FullName, "/bin/true");
            SeenEvent exec = Assert.Single(new RecordingSink().WaitForExit(telemetry, child.Pid), e => e.Kind == EventKind.Exec);
            Assert.Equal(directory.FullName, exec.WorkingDirectory);
        }
        finally
        {
            Directory.Delete("/dev/shm/outwork-test-cwd", recursive: true);
        }
    }

    [Fact]
    public void Path_deeper_than_the_walk_is_told_as_it_was_asked_for()
    {
        using BpfTelemetry telemetry = Start();
        using TempDirectory directory = new();
        string deep = Directory.CreateDirectory(Path.Combine(directory.Path, string.Join('/', Enumerable.Repeat("d", 40)))).FullName;
        string program = Path.Combine(deep, "program");
        File.Copy("/bin/true", program);
        TestProcess child = TestProcess.RunIn(deep, program);
        SeenEvent exec = Assert.Single(new RecordingSink().WaitForExit(telemetry, child.Pid), e => e.Kind == EventKind.Exec);
        Assert.Equal(program, exec.Program);
        Assert.StartsWith(".../d/d/", exec.WorkingDirectory);
    }

    [Fact]
    public void Threads_are_not_told()
    {
        using BpfTelemetry telemetry = Start();
        for (int i = 0; i < 5; i++)
        {
            Thread thread = new(() => { });
            thread.Start();
            thread.Join();
        }
        TestProcess marker = TestProcess.Run("/bin/true");
        RecordingSink sink = new();
        sink.WaitForExit(telemetry, marker.Pid);
        Assert.DoesNotContain(sink.Seen, e => e.Facts.Pid == Environment.ProcessId);
    }

    [Fact]
    public void Exec_by_a_second_thread_keeps_the_process_identity()
    {
        using BpfTelemetry telemetry = Start();
        using TempDirectory directory = new();
        string program = CProgram.CompileText(directory, """
            #include <pthread.h>
            #include <unistd.h>
            static void *other(void *unused) { (void)unused; execl("/bin/true", "true", (char *)0); return 0; }
            int main(void) { pthread_t t; pthread_create(&t, 0, other, 0); for (;;) pause(); }
            """, "thread-exec");
        TestProcess child = TestProcess.Run(program);
        List<SeenEvent> seen = new RecordingSink().WaitForExit(telemetry, child.Pid);
        Assert.Equal([EventKind.Fork, EventKind.Exec, EventKind.Exec, EventKind.Exit], seen.Select(e => e.Kind));
        Assert.Equal(["true"], seen[2].Arguments);
        Assert.Single(seen.Select(e => e.Facts.StartTicks).Distinct());
        Assert.Equal(0, seen[3].ExitCode);
    }

    [Fact]
    public void Full_ring_counts_what_it_loses()
    {
        using BpfTelemetry telemetry = Start(new BpfTelemetryOptions { RingBytes = 4_096 });
        for (int i = 0; i < 40; i++)
            TestProcess.Run("/bin/true");
        LostEvents lost = telemetry.Lost;
        Assert.True(lost.Forks > 10 && lost.Execs > 10 && lost.Exits > 10, lost.ToString());
        RecordingSink sink = new();
        telemetry.Drain(1_000, sink);
        TestProcess after = TestProcess.Run("/bin/true");
        Assert.Equal(3, sink.WaitForExit(telemetry, after.Pid).Count);
    }

    [Fact]
    public async Task Reader_is_woken_when_the_ring_is_an_eighth_full()
    {
        using BpfTelemetry telemetry = Start(new BpfTelemetryOptions { RingBytes = 64 * 1024 });
        telemetry.Drain(int.MaxValue, new RecordingSink());
        Task<ulong> woken = Task.Run(() => WaitAsleep(telemetry));
        for (int i = 0; i < 1_000 && !woken.IsCompleted; i++)
            TestProcess.Run("/bin/true");
        Assert.True(await woken > 64 * 1024 / 8);

        // poll() returns at once while anything is unread; asleep on an empty ring, only a wake-up of the kernel ends it.
        static unsafe ulong WaitAsleep(BpfTelemetry telemetry)
        {
            Interop.pollfd poll = new() { fd = telemetry.WakeDescriptor, events = Interop.POLLIN };
            for (long start = Environment.TickCount64; Environment.TickCount64 - start < 60_000;)
            {
                // A child's end interrupts poll() in whichever thread gets the signal.
                if (Interop.poll(&poll, 1, 30_000) == 1 && telemetry.UnreadBytes > 64 * 1024 / 8)
                    return telemetry.UnreadBytes;
                telemetry.Drain(int.MaxValue, new CountingSink());
            }
            return 0;
        }
    }

    [Fact]
    public void Draining_allocates_nothing()
    {
        using BpfTelemetry telemetry = Start();
        CountingSink sink = new();
        TestProcess.Run("/bin/true");
        Assert.True(telemetry.Drain(10_000, sink) > 0);
        for (int i = 0; i < 20; i++)
            TestProcess.Run("/bin/true");
        long before = GC.GetAllocatedBytesForCurrentThread();
        int drained = telemetry.Drain(10_000, sink);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(drained >= 60);
    }

    [Fact]
    public void Missing_object_is_a_refusal_with_its_reason()
    {
        (BpfTelemetry? telemetry, MechanismStatus status) = BpfTelemetry.Start(new BpfTelemetryOptions { ObjectPath = "/nonexistent.o" });
        Assert.Null(telemetry);
        Assert.False(status.InForce);
        Assert.Contains("/nonexistent.o", status.Detail);
        Assert.NotEmpty(status.Lost);
    }

    private sealed class CountingSink : IProcessEventSink
    {
        public int Bytes { get; private set; }

        public void Forked(in ProcessFacts child) => Bytes++;

        public void Executed(in ExecFacts exec) => Bytes += exec.Program.Length + exec.Arguments.Length;

        public void Exited(in ProcessFacts process, int exitCode) => Bytes++;
    }
}
