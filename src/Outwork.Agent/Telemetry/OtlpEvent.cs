using System.Collections;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Telemetry;

/// <summary>An event as the attributes of one log record. Names follow OpenTelemetry's conventions where there are any.</summary>
internal sealed class OtlpEvent : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _attributes = new(16);

    /// <summary>Describes an event.</summary>
    public OtlpEvent(NotifyEvent notification)
    {
        Time = DateTime.UnixEpoch.AddTicks(notification.TimeUnixNs / 100);
        Name = "outwork." + notification.Kind.ToString().ToLowerInvariant();
        Message = Name;
        if (notification.Decision is { } decision)
            Describe(decision);
        if (notification.Process is { } process)
            Describe(notification, process);
        if (notification.Kind == EventKind.Gap)
        {
            IsWarning = true;
            Message = $"{notification.Lost} events were lost: {notification.Detail}";
            Add("outwork.lost", (long)notification.Lost);
        }
        else if (notification.Detail.Length > 0)
        {
            IsWarning |= notification.Kind == EventKind.ConfinementRefusal;
            Message = notification.Detail;
            IsWarning = notification.Kind == EventKind.Demotion;
        }
    }

    /// <summary>When it happened (UTC).</summary>
    public DateTime Time { get; }

    /// <summary>The record's event name.</summary>
    public string Name { get; }

    /// <summary>The record's body.</summary>
    public string Message { get; private set; }

    /// <summary>True when somebody should look.</summary>
    public bool IsWarning { get; private set; }

    /// <inheritdoc/>
    public int Count => _attributes.Count;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => _attributes[index];

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _attributes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Describe(DecisionRecord decision)
    {
        bool denied = decision is { Verdict: Verdict.Deny, AheadOfNeed: false };
        IsWarning = denied || decision.Failure != VerdictFailure.None || decision.WouldBe == Verdict.Deny;
        Message = $"{(decision.AheadOfNeed ? "Judged ahead of need" : denied ? "Refused" : "Allowed")} {decision.Kind} of {decision.Path}";
        Add("outwork.decision.id", (long)decision.Id);
        Add("outwork.decision.verdict", decision.Verdict.ToString());
        Add("outwork.decision.source", decision.Source.ToString());
        Add("outwork.decision.rule", decision.Rule ?? "default");
        Add("outwork.decision.stage", decision.Stage.ToString());
        Add("outwork.decision.microseconds", decision.Microseconds);
        Add("outwork.decision.via", decision.Via.ToString());
        if (decision.Failure != VerdictFailure.None)
            Add("outwork.decision.failure", decision.Failure.ToString());
        if (decision.AheadOfNeed)
            Add("outwork.decision.ahead_of_need", true);
        if (decision.WouldBe != Verdict.None)
            Add("outwork.decision.would_be", decision.WouldBe.ToString());
        foreach (ProductVote vote in decision.Votes)
            Add($"outwork.vote.{vote.Product}", vote.Reason.Length == 0 ? vote.Verdict.ToString() : $"{vote.Verdict}: {vote.Reason}");
        Add("file.path", decision.Path);
        if (decision.Sha256 is not null)
            Add("file.hash.sha256", decision.Sha256);
        Add("process.pid", (long)decision.Pid);
        Add("process.executable.path", decision.Executable);
        Add("process.user.id", (long)decision.UserId);
    }

    private void Describe(NotifyEvent notification, ProcessInfo process)
    {
        Message = $"{notification.Kind} of {process.Executable} [{process.Pid}]";
        Add("process.pid", (long)process.Pid);
        Add("process.parent_pid", (long)process.ParentPid);
        Add("process.executable.path", process.Executable);
        Add("process.command_args", process.Arguments);
        Add("process.working_directory", process.WorkingDirectory);
        Add("process.user.id", (long)process.UserId);
        Add("outwork.process.id", process.Id.ToString());
        if (process.ContainerId is not null)
            Add("container.id", process.ContainerId);
        if (notification.Kind == EventKind.Exit)
            Add("process.exit.code", (long)notification.ExitCode);
    }

    private void Add(string name, object value) => _attributes.Add(new(name, value));
}
