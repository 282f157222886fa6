using System.Text;
using Outwork.Broker.Processes;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>One event as a test sees it.</summary>
internal sealed record SeenEvent(EventKind Kind, ProcessFacts Facts)
{
    public ExecVia Via { get; init; }

    public FileIdentity File { get; init; }

    public string Program { get; init; } = "";

    public string Script { get; init; } = "";

    public string WorkingDirectory { get; init; } = "";

    public string[] Arguments { get; init; } = [];

    public bool ArgumentsTruncated { get; init; }

    public bool Ended { get; init; }

    public int ExitCode { get; init; }
}

/// <summary>Keeps every event and waits for some.</summary>
internal sealed class RecordingSink : IProcessEventSink
{
    public List<SeenEvent> Seen { get; } = [];

    public void Forked(in ProcessFacts child) => Seen.Add(new SeenEvent(EventKind.Fork, child));

    public void Executed(in ExecFacts exec) => Seen.Add(new SeenEvent(EventKind.Exec, exec.Process)
    {
        Via = exec.Via,
        File = exec.File,
        Program = Encoding.UTF8.GetString(exec.Program),
        Script = Encoding.UTF8.GetString(exec.Script),
        WorkingDirectory = Encoding.UTF8.GetString(exec.WorkingDirectory),
        Arguments = ArgumentText.Split(exec.Arguments, exec.ArgumentsTruncated).Arguments,
        ArgumentsTruncated = exec.ArgumentsTruncated,
        Ended = exec.Ended,
    });

    public void Exited(in ProcessFacts process, int exitCode) =>
        Seen.Add(new SeenEvent(EventKind.Exit, process) { ExitCode = exitCode });

    /// <summary>Drains until the exit of the process was seen, and gives all its events in order.</summary>
    public List<SeenEvent> WaitForExit(IProcessEventSource source, int pid) =>
        WaitFor(source, e => e.Kind == EventKind.Exit && e.Facts.Pid == pid).Seen.FindAll(e => e.Facts.Pid == pid);

    public RecordingSink WaitFor(IProcessEventSource source, Predicate<SeenEvent> condition)
    {
        Assert.True(
            SpinWait.SpinUntil(() => source.Drain(10_000, this) >= 0 && Seen.Exists(condition), TimeSpan.FromSeconds(20)),
            $"not seen; {Seen.Count} events, lost {source.Lost}");
        return this;
    }
}
