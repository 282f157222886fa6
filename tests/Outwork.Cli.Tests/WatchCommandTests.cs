using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Tests;

public sealed class WatchCommandTests
{
    private static readonly DecisionRecord Allowed = Samples.Denied with
    {
        Id = 43, Verdict = Verdict.Allow, Via = ExecVia.Direct, Path = "/usr/bin/ls", Source = VerdictSource.Cache, CachedFrom = 7, Votes = [], Microseconds = 1.25,
    };

    [Fact]
    public async Task Watch_writes_a_line_for_each_decision_and_ends_with_3_when_Outwork_stops()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(Samples.Denied), Samples.Event(Allowed));

        Assert.Equal(3, await run.RunAsync("watch"));

        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(
            @"^03:04:05\.678  DENY     bash\[1234\] +/tmp/eicar\.sh \(script\)  by execguard: YARA rule EICAR_Test_File  183\.4 µs  id 42$", lines[0]);
        Assert.Matches(@"^03:04:05\.678  allow    bash\[1234\] +/usr/bin/ls  by cache of 7  1\.[23] µs  id 43$", lines[1]);
        Assert.False(Assert.Single(agent.Requests).All);
        Assert.Contains("closed the connection", run.Error);
    }

    [Fact]
    public async Task Watch_all_asks_for_all_and_writes_every_kind()
    {
        ProcessInfo process = Samples.Ancestry[0] with { ParentPid = 9 };
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartWatched(
            run.SocketPath,
            new NotifyEvent { Kind = EventKind.Fork, TimeUnixNs = Samples.Instant, Process = process },
            new NotifyEvent { Kind = EventKind.Exec, TimeUnixNs = Samples.Instant, Process = process, DecisionId = 42 },
            new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = Samples.Instant, Process = process, ExitCode = 137 },
            new NotifyEvent { Kind = EventKind.Gap, TimeUnixNs = Samples.Instant, Lost = 12, Detail = "the watcher was too slow" },
            new NotifyEvent
            {
                Kind = EventKind.Gap, TimeUnixNs = Samples.Instant, Lost = 19, Detail = "the session's ring was full",
                Losses = [new(EventKind.Exec, 0, 2), new(EventKind.Fork, 77, 10), new(EventKind.Exit, 0, 3), new(EventKind.None, 0, 1), new(EventKind.Decision, 5, 3)],
            },
            new NotifyEvent { Kind = EventKind.Demotion, TimeUnixNs = Samples.Instant, Detail = "execguard is demoted: 8 misses" },
            new NotifyEvent { Kind = EventKind.ConfinementRefusal, TimeUnixNs = Samples.Instant, Detail = "vendor was refused ptrace in process 7" },
            new NotifyEvent { Kind = EventKind.ContentChange, TimeUnixNs = Samples.Instant, Detail = "policy generation 4" });

        Assert.Equal(3, await run.RunAsync("watch", "--all"));

        Assert.True(Assert.Single(agent.Requests).All);
        Assert.Matches(@"fork +bash\[1234\] +from pid 9\n", run.Output);
        Assert.Matches(@"exec +bash\[1234\] +/usr/bin/bash -c /tmp/eicar\.sh now  id 42\n", run.Output);
        Assert.Matches(@"exit +bash\[1234\] +code 137\n", run.Output);
        Assert.Matches(@"LOST +12 events were lost here: the watcher was too slow\n", run.Output);
        Assert.Matches(@"LOST +19 events were lost here: the session's ring was full \(10 fork by pid 77, 3 exit, 3 decision by pid 5, 2 exec, \.\.\.\)\n", run.Output);
        Assert.Matches(@"product +execguard is demoted: 8 misses\n", run.Output);
        Assert.Matches(@"REFUSED +vendor was refused ptrace in process 7\n", run.Output);
        Assert.Matches(@"changed +policy generation 4\n", run.Output);
    }

    [Fact]
    public async Task Watch_json_is_one_event_a_line_then_the_end()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(Samples.Denied), Samples.Event(Allowed));

        Assert.Equal(3, await run.RunAsync("watch", "--json"));

        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(JsonSerializer.Serialize(Samples.Event(Samples.Denied), ControlJsonContext.Default.NotifyEvent), lines[0]);
        Assert.Equal(43UL, JsonSerializer.Deserialize(lines[1], ControlJsonContext.Default.NotifyEvent)!.Decision!.Id);
        Assert.Equal("unreachable", JsonSerializer.Deserialize(lines[2], ControlJsonContext.Default.ControlResponse)!.Code);
    }

    [Fact]
    public async Task Watch_on_a_terminal_highlights_a_denial()
    {
        using var run = new CommandRun { Interactive = true };
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(Samples.Denied));

        Assert.Equal(3, await run.RunAsync("watch"));

        Assert.StartsWith("\e[", run.Output);
        Assert.Contains("DENY", run.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Terminal_injection_by_a_file_name_is_escaped(bool interactive)
    {
        DecisionRecord hostile = Samples.Denied with
        {
            Path = "/tmp/\e]0;owned\a\n03:04:05.678  allow\u202Egnp.\u009b2J",
            Executable = "/tmp/\e[2J",
            Votes = [new("exec\rguard", Verdict.Deny, 1, "a\e[31mb\ud800")],
        };
        using var run = new CommandRun { Interactive = interactive };
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(hostile));

        Assert.Equal(3, await run.RunAsync("watch"));

        string shown = WithoutStyles(run.Output);
        Assert.Contains(@"/tmp/\x1b]0;owned\x07\n03:04:05.678", shown);
        Assert.Contains(@"allow\u{202e}gnp.\x9b2J", shown);
        Assert.Contains(@"exec\rguard: a\x1b[31mb", shown);
        Assert.DoesNotContain(shown, c => (char.IsControl(c) && c != '\n') || c == '\u202E');
        Assert.Single(shown, c => c == 'µ');
    }

    /// <summary>Takes away what we send ourselves: colours and nothing else.</summary>
    private static string WithoutStyles(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
}
