using System.Text;
using Outwork.Broker.Processes;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Tests.Processes;

public sealed class ProcessTableTests
{
    private const ulong Boot = 0x1234_5678_9abc_def0;
    private readonly ManualTime _time = new();
    private readonly FakeContainers _containers = new();
    private readonly List<NotifyEvent> _published = [];

    private ProcessTable Table(ProcessTableOptions? options = null) =>
        new(Boot, options ?? new ProcessTableOptions(), _time, _containers) { Publish = _published.Add };

    private static ProcessFacts Facts(int pid, ulong start, int parent = 1, ulong parentStart = 1, ulong group = 0) =>
        new(pid, start, parent, parentStart, 1000, 100, group, (long)start * 10_000_000, (long)start * 10_000_000);

    private static void Exec(ProcessTable table, ProcessFacts facts, string program, params string[] arguments) => table.Executed(new ExecFacts
    {
        Process = facts,
        Via = ExecVia.Direct,
        Program = Encoding.UTF8.GetBytes(program),
        WorkingDirectory = "/home"u8,
        Arguments = Encoding.UTF8.GetBytes(string.Concat(arguments.Select(a => a + "\0"))),
        File = new FileIdentity(1, 2, 3, 4, 5),
    });

    private static ProcessInfo Read(int pid, ulong start, string program) => new()
    {
        Id = ProcessId.From(Boot, pid, start),
        Pid = pid,
        Executable = program,
        StartedUnixNs = (long)start * 10_000_000,
        Reconstructed = true,
    };

    [Fact]
    public void Life_of_a_process_is_told_and_kept()
    {
        ProcessTable table = Table();
        Exec(table, Facts(10, 100), "/bin/sh", "sh", "-c", "x");
        table.Forked(Facts(11, 200, 10, 100));
        Assert.True(table.TryGet(11, out ProcessInfo child));
        Assert.Equal("/bin/sh", child.Executable);
        Exec(table, Facts(11, 200, 10, 100), "/bin/ls", "ls");
        table.Exited(Facts(11, 200, 10, 100), 3);

        Assert.False(table.TryGet(11, out _));
        Assert.True(table.TryGet(ProcessId.From(Boot, 11, 200), out child));
        Assert.Equal(("/bin/ls", "/home", 1000u), (child.Executable, child.WorkingDirectory, child.UserId));
        Assert.Equal(["ls"], child.Arguments);
        Assert.Equal([EventKind.Exec, EventKind.Fork, EventKind.Exec, EventKind.Exit], _published.Select(e => e.Kind));
        Assert.Equal(3, _published[3].ExitCode);
        Assert.Equal(child, _published[3].Process);
        Assert.Equal(new FileIdentity(1, 2, 3, 4, 5), _published[2].File);
    }

    [Fact]
    public void Ancestry_reaches_through_ended_processes()
    {
        ProcessTable table = Table();
        Exec(table, Facts(1, 1, 0, 0), "/sbin/init");
        Exec(table, Facts(10, 100), "/bin/sh");
        Exec(table, Facts(11, 200, 10, 100), "/bin/ls");
        table.Exited(Facts(10, 100), 0);
        Assert.Equal(["/bin/ls", "/bin/sh", "/sbin/init"], table.Ancestry(ProcessId.From(Boot, 11, 200)).Select(p => p.Executable));
        Assert.Empty(table.Ancestry(new ProcessId(99)));
    }

    [Fact]
    public void Reused_pid_is_another_process_even_when_the_exit_was_lost()
    {
        ProcessTable table = Table();
        Exec(table, Facts(10, 100), "/bin/old");
        table.Forked(Facts(10, 500));
        Exec(table, Facts(10, 500), "/bin/new");
        Assert.True(table.TryGet(10, out ProcessInfo current));
        Assert.Equal("/bin/new", current.Executable);
        Assert.True(table.TryGet(ProcessId.From(Boot, 10, 100), out ProcessInfo former));
        Assert.Equal("/bin/old", former.Executable);
        Assert.Equal((1, 1), (table.Alive, table.Ended));

        // The exit of the former comes late and must not end the new one.
        table.Exited(Facts(10, 100), 0);
        Assert.True(table.TryGet(10, out _));
    }

    [Fact]
    public void Exit_without_start_time_ends_who_has_the_pid()
    {
        ProcessTable table = Table();
        Exec(table, Facts(10, 100), "/bin/a");
        table.Exited(Facts(10, 0), 1);
        Assert.Equal((0, 1), (table.Alive, table.Ended));
        Assert.Equal("/bin/a", _published[^1].Process!.Executable);
    }

    [Fact]
    public void Exit_of_an_unknown_process_is_told_and_not_kept()
    {
        ProcessTable table = Table();
        table.Exited(Facts(77, 100), 137);
        Assert.Equal((0, 0), (table.Alive, table.Ended));
        Assert.Equal((77, 137), (_published[0].Process!.Pid, _published[0].ExitCode));
    }

    [Fact]
    public void Ended_processes_are_bounded_by_count_and_age()
    {
        ProcessTable table = Table(new ProcessTableOptions { MaxEnded = 3, KeepEnded = TimeSpan.FromSeconds(10) });
        for (int pid = 10; pid < 20; pid++)
        {
            Exec(table, Facts(pid, 100), "/bin/a");
            table.Exited(Facts(pid, 100), 0);
        }
        Assert.Equal(3, table.Ended);
        Assert.False(table.TryGet(ProcessId.From(Boot, 16, 100), out _));
        Assert.True(table.TryGet(ProcessId.From(Boot, 17, 100), out _));
        _time.Advance(TimeSpan.FromSeconds(9));
        table.Expire();
        Assert.Equal(3, table.Ended);
        _time.Advance(TimeSpan.FromSeconds(2));
        table.Expire();
        Assert.Equal(0, table.Ended);
        Assert.False(table.TryGet(ProcessId.From(Boot, 19, 100), out _));
    }

    [Fact]
    public void Living_processes_are_bounded_and_the_rest_is_counted_and_still_told()
    {
        ProcessTable table = Table(new ProcessTableOptions { MaxAlive = 5 });
        for (int pid = 10; pid < 20; pid++)
            table.Forked(Facts(pid, 100));
        Assert.Equal((5, 5ul), (table.Alive, table.Untracked));
        Assert.Equal(10, _published.Count);
        table.Exited(Facts(10, 100), 0);
        table.Forked(Facts(30, 100));
        Assert.True(table.TryGet(30, out _));
    }

    [Fact]
    public void Snapshot_gives_what_already_ran_an_identity()
    {
        ProcessTable table = Table();
        table.Apply([Read(1, 1, "/sbin/init"), Read(10, 100, "/bin/sh")], takenUnixNs: long.MaxValue);
        Assert.True(table.TryGet(10, out ProcessInfo shell));
        Assert.True(shell.Reconstructed);
        Assert.All(_published, e => Assert.True(e.Reconstructed));
        table.Forked(Facts(11, 200, 10, 100));
        Assert.Equal(shell.Id, _published[^1].Process!.ParentId);
        Assert.Equal("/bin/sh", _published[^1].Process!.Executable);
    }

    [Fact]
    public void Event_from_before_the_snapshot_does_not_undo_it()
    {
        ProcessTable table = Table();
        table.Apply([Read(10, 100, "/bin/ls")], takenUnixNs: long.MaxValue);
        // Still in the ring when the snapshot was read: the fork of what has executed since.
        table.Forked(Facts(10, 100));
        Assert.True(table.TryGet(10, out ProcessInfo process));
        Assert.Equal("/bin/ls", process.Executable);
    }

    [Fact]
    public void Lost_exec_is_repaired_by_a_snapshot()
    {
        ProcessTable table = Table();
        Exec(table, Facts(10, 100), "/bin/before");
        table.Apply([Read(10, 100, "/bin/after")], takenUnixNs: long.MaxValue);
        Assert.True(table.TryGet(10, out ProcessInfo process));
        Assert.Equal("/bin/after", process.Executable);
        Assert.True(_published[^1].Reconstructed);
    }

    [Fact]
    public void Container_known_later_is_filled_in()
    {
        ProcessTable table = Table();
        Exec(table, Facts(10, 100, group: 7), "/bin/a");
        Assert.True(table.TryGet(10, out ProcessInfo process));
        Assert.Null(process.ContainerId);
        _containers.Known[7] = "c0ffee";
        Assert.True(table.TryGet(10, out process));
        Assert.Equal("c0ffee", process.ContainerId);
    }

    [Fact]
    public void Container_named_by_a_snapshot_is_kept_and_inherited()
    {
        ProcessTable table = Table();
        table.Apply([Read(10, 100, "/bin/sh") with { ContainerId = "c0ffee" }], takenUnixNs: long.MaxValue);
        table.Forked(Facts(11, 200, 10, 100));
        Exec(table, Facts(11, 200, 10, 100), "/bin/ls");
        Assert.True(table.TryGet(11, out ProcessInfo process));
        Assert.Equal("c0ffee", process.ContainerId);
    }

    [Fact]
    public void Nothing_is_made_for_nobody()
    {
        ProcessTable table = Table();
        table.Publish = null;
        Exec(table, Facts(10, 100), "/bin/a");
        Assert.Empty(_published);
        Assert.True(table.TryGet(10, out _));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\0", new[] { "a" })]
    [InlineData("a\0b", new[] { "a", "b" })]
    [InlineData("\0\0", new[] { "", "" })]
    [InlineData("a\0\0b\0", new[] { "a", "", "b" })]
    public void Arguments_are_split_at_their_ends(string text, string[] expected) =>
        Assert.Equal(expected, ArgumentText.Split(Encoding.UTF8.GetBytes(text), truncated: false).Arguments);

    private sealed class FakeContainers : IContainerNames
    {
        public Dictionary<ulong, string> Known { get; } = [];

        public bool TryFind(ulong controlGroupId, out string? containerId) => Known.TryGetValue(controlGroupId, out containerId);
    }
}
