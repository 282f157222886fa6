using Outwork.Cli.Decisions;
using Outwork.Cli.Output;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Watch;

/// <summary>Events as lines: time, verdict or kind, process, file, who decided, how long it took, id.</summary>
internal sealed class EventLines(Terminal terminal, Instants instants)
{
    // "events-lost" and "DENY" begin their columns; a verdict on trial may be wider.
    private const int WordWidth = 7;
    private const int ProcessWidth = 20;

    /// <summary>Writes one event.</summary>
    public void Write(NotifyEvent notification)
    {
        if (notification.Decision is { } decision)
        {
            Write(decision);
            return;
        }

        string text = notification.Kind switch
        {
            EventKind.Fork => $"{Process(notification)} from pid {notification.Process?.ParentPid}",
            EventKind.Exec => $"{Process(notification)} {Program(notification)}",
            EventKind.Exit => $"{Process(notification)} code {notification.ExitCode}",
            EventKind.Gap => $"{notification.Lost} events were lost here: {TerminalText.Escape(notification.Detail)}{Losses(notification.Losses)}",
            _ => TerminalText.Escape(notification.Detail),
        };
        terminal.WriteLine(
            $"{instants.TimeOfDay(notification.TimeUnixNs)}  {Word(notification.Kind),-WordWidth}  {text}",
            notification.Kind is EventKind.Gap or EventKind.Demotion or EventKind.ConfinementRefusal ? Styles.Warning : Styles.Quiet);
    }

    /// <summary>Writes one decision.</summary>
    public void Write(DecisionRecord decision) => terminal.WriteLine(
        $"{instants.TimeOfDay(decision.TimeUnixNs)}  {DecisionWords.Verdict(decision),-WordWidth}  " +
        $"{DecisionWords.Process(decision),-ProcessWidth}  {DecisionWords.File(decision)}  " +
        $"by {DecisionWords.Source(decision)}  {decision.Microseconds:0.0} µs  id {decision.Id}",
        Styles.Of(decision));

    private static string Word(EventKind kind) => kind switch
    {
        EventKind.Exec => "exec",
        EventKind.Fork => "fork",
        EventKind.Exit => "exit",
        EventKind.Gap => "LOST",
        EventKind.ContentChange => "changed",
        EventKind.Demotion => "product",
        EventKind.ConfinementRefusal => "REFUSED",
        EventKind.StateComplete => "current",
        _ => "event",
    };

    // The most first; a line has room for a few.
    private static string Losses(EventLoss[] losses)
    {
        const int Shown = 4;
        if (losses.Length == 0)
            return "";
        string[] texts = [.. losses.OrderByDescending(l => l.Events).Take(Shown).Select(l => $"{l.Events} {Kind(l.Kind)}{(l.Pid == 0 ? "" : $" by pid {l.Pid}")}")];
        return $" ({string.Join(", ", texts)}{(losses.Length > Shown ? ", ..." : "")})";
    }

    private static string Kind(EventKind kind) => kind == EventKind.None ? "of some kind" : kind.ToString().ToLowerInvariant();

    private static string Process(NotifyEvent notification) =>
        $"{DecisionWords.Process(notification.Process?.Executable ?? "", notification.Process?.Pid ?? 0),-ProcessWidth} ";

    private static string Program(NotifyEvent notification)
    {
        if (notification.Process is not { } process)
            return "";
        string arguments = string.Join(' ', process.Arguments.Skip(1).Select(TerminalText.Escape));
        string decided = notification.DecisionId == 0 ? "" : $"  id {notification.DecisionId}";
        return $"{TerminalText.Escape(process.Executable)} {arguments}".TrimEnd() + decided;
    }
}
