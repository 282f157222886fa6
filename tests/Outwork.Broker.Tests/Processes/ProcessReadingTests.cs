using System.Text;
using Outwork.Broker.Processes;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Tests.Processes;

/// <summary>The table is compared with the system while events go on.</summary>
public sealed class ProcessReadingTests
{
    private const ulong Boot = 0x1234_5678_9abc_def0;
    private const long TakenNs = 5_000_000_000;
    private readonly List<NotifyEvent> _published = [];
    private readonly ProcessTable _table;

    public ProcessReadingTests()
    {
        _table = new ProcessTable(Boot, new ProcessTableOptions(), new ManualTime(), containers: null);
        _table.Publish = _published.Add;
    }

    private static ProcessFacts Facts(int pid, ulong start = 100) =>
        new(pid, start, 1, 1, 1000, 100, 7, (long)start * 10_000_000, (long)start * 10_000_000);

    private void Exec(int pid, string program, ulong start = 100, params string[] arguments) => _table.Executed(new ExecFacts
    {
        Process = Facts(pid, start),
        Via = ExecVia.Direct,
        Program = Encoding.UTF8.GetBytes(program),
        WorkingDirectory = "/"u8,
        Arguments = Encoding.UTF8.GetBytes(string.Concat(arguments.Select(a => a + "\0"))),
    });

    private static ProcessInfo Found(int pid, string program, ulong start = 100, params string[] arguments) => new()
    {
        Id = ProcessId.From(Boot, pid, start),
        Pid = pid,
        Executable = program,
        Arguments = arguments,
        StartedUnixNs = (long)start * 10_000_000,
        Reconstructed = true,
    };

    private static int Finish(ProcessReading reading, params ProcessInfo[] found)
    {
        reading.Complete(found, TakenNs);
        while (reading.Step(1))
        {
            // One at a time, as between two looks at who waits.
        }
        return reading.Differences;
    }

    private string ProgramOf(int pid) => _table.TryGet(pid, out var process) ? process.Executable : "";

    [Fact]
    public void Whoever_is_gone_ends_and_whoever_was_missed_is_told()
    {
        Exec(10, "/bin/gone");
        Exec(11, "/bin/stays");
        _published.Clear();

        int differences = Finish(_table.BeginReading(), Found(11, "/bin/stays"), Found(12, "/bin/missed"));

        Assert.Equal(2, differences);
        Assert.All(_published, e => Assert.True(e.Reconstructed));
        Assert.Equal([(EventKind.Exec, 12), (EventKind.Exit, 10)], _published.Select(e => (e.Kind, e.Process!.Pid)));
        Assert.Equal(("", "/bin/stays", "/bin/missed"), (ProgramOf(10), ProgramOf(11), ProgramOf(12)));
    }

    [Fact]
    public void Nothing_changed_tells_nothing()
    {
        Exec(10, "/bin/a", 100, "a", "b");
        _published.Clear();
        Assert.Equal(0, Finish(_table.BeginReading(), Found(10, "/bin/a", 100, "a", "b")));
        Assert.Empty(_published);
    }

    [Fact]
    public void Same_program_with_other_arguments_was_executed_unseen()
    {
        Exec(10, "/bin/sh", 100, "sh");
        Assert.Equal(1, Finish(_table.BeginReading(), Found(10, "/bin/sh", 100, "sh", "-c", "x")));
        Assert.True(_table.TryGet(10, out var process));
        Assert.Equal(["sh", "-c", "x"], process.Arguments);
        Assert.Equal(7ul, process.ControlGroupId);
    }

    [Fact]
    public void Execution_since_the_reading_began_is_truer_than_the_reading()
    {
        Exec(10, "/bin/old");
        var reading = _table.BeginReading();
        Exec(10, "/bin/new");
        Assert.Equal(0, Finish(reading, Found(10, "/bin/old")));
        Assert.Equal("/bin/new", ProgramOf(10));
    }

    [Fact]
    public void Process_begun_since_the_reading_began_is_not_taken_for_ended()
    {
        var reading = _table.BeginReading();
        _table.Forked(Facts(10));
        Assert.Equal(0, Finish(reading));
        Assert.True(_table.TryGet(10, out _));
    }

    [Fact]
    public void Exit_since_the_reading_began_of_a_process_never_seen_leaves_no_ghost()
    {
        var reading = _table.BeginReading();
        _table.Exited(Facts(10), 0);
        Assert.Equal(0, Finish(reading, Found(10, "/bin/a")));
        Assert.False(_table.TryGet(10, out _));
    }

    [Fact]
    public void Pid_given_to_another_process_since_the_reading_began_stays_the_others()
    {
        var reading = _table.BeginReading();
        Exec(10, "/bin/new", start: 900);
        Assert.Equal(0, Finish(reading, Found(10, "/bin/old", start: 100)));
        Assert.Equal("/bin/new", ProgramOf(10));
    }

    [Fact]
    public void Process_that_ends_between_two_slices_is_told_once()
    {
        Exec(10, "/bin/a");
        Exec(11, "/bin/b");
        _published.Clear();
        var reading = _table.BeginReading();
        reading.Complete([], TakenNs);
        Assert.True(reading.Step(1));
        _table.Exited(Facts(10), 0);
        _table.Exited(Facts(11), 0);
        while (reading.Step(1))
        {
            // The rest.
        }
        Assert.Single(_published, e => e.Kind == EventKind.Exit && e.Reconstructed);
        Assert.Equal(0, _table.Alive);
    }

    [Fact]
    public void Process_that_ends_while_it_is_read_keeps_its_program()
    {
        Exec(10, "/bin/a");
        Assert.Equal(0, Finish(_table.BeginReading(), Found(10, "")));
        Assert.Equal("/bin/a", ProgramOf(10));
    }

    [Fact]
    public void Reading_that_was_overtaken_by_another_changes_nothing()
    {
        Exec(10, "/bin/a");
        var first = _table.BeginReading();
        var second = _table.BeginReading();
        Assert.Equal(0, Finish(first));
        Assert.Equal(1, _table.Alive);
        Assert.Equal(1, Finish(second));
        Assert.Equal(0, _table.Alive);
    }

    [Fact]
    public void Any_losses_are_repaired_whatever_their_order()
    {
        var random = new Random(20_261_121);
        ulong clock = 100;
        for (int round = 0; round < 200; round++)
        {
            // The truth, and a table that misses half of the events; at first it knows what the round before has left.
            Dictionary<int, (ulong Start, string Program)> truth = [];
            void Happen(bool isSeen)
            {
                int pid = random.Next(10, 20);
                clock++;
                if (!truth.TryGetValue(pid, out var process))
                {
                    truth[pid] = (clock, "/bin/forked");
                    if (isSeen) Exec(pid, "/bin/forked", clock);
                }
                else if (random.Next(2) == 0)
                {
                    truth[pid] = (process.Start, $"/bin/p{clock}");
                    if (isSeen) Exec(pid, $"/bin/p{clock}", process.Start);
                }
                else
                {
                    truth.Remove(pid);
                    if (isSeen) _table.Exited(Facts(pid, process.Start), 0);
                }
            }
            for (int i = 0; i < 100; i++) Happen(random.Next(2) == 0);

            // The reading sees each process at a time of its own; nothing is lost meanwhile.
            var reading = _table.BeginReading();
            List<ProcessInfo> found = [];
            for (int pid = 10; pid < 20; pid++)
            {
                for (int i = random.Next(3); i > 0; i--) Happen(isSeen: true);
                if (truth.TryGetValue(pid, out var process)) found.Add(Found(pid, process.Program, process.Start));
            }
            reading.Complete(found, TakenNs);
            while (reading.Step(1)) Happen(isSeen: true);

            Assert.Equal(truth.Count, _table.Alive);
            foreach (var (pid, process) in truth)
            {
                Assert.True(_table.TryGet(pid, out var known));
                Assert.Equal((ProcessId.From(Boot, pid, process.Start), process.Program), (known.Id, known.Executable));
            }
        }
    }
}
