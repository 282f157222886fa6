using Outwork.Cli.Output;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Decisions;

/// <summary>The words for decisions, the same in every command. What comes from outside is escaped.</summary>
internal static class DecisionWords
{
    /// <summary>Who asked.</summary>
    public static string Process(DecisionRecord decision) => decision.AheadOfNeed ? "nobody" : Process(decision.Executable, decision.Pid);

    /// <summary>The program's name and pid.</summary>
    public static string Process(string executable, int pid)
    {
        string name = executable[(executable.LastIndexOf('/') + 1)..];
        return $"{(name.Length == 0 ? "?" : TerminalText.Escape(name))}[{pid}]";
    }

    /// <summary>The file, with how it comes to run unless it is simply executed.</summary>
    public static string File(DecisionRecord decision)
    {
        string path = decision.Path.Length == 0 ? "(no path)" : TerminalText.Escape(decision.Path);
        return (decision.Kind, decision.Via) switch
        {
            (EventKind.Exec, ExecVia.Script) => $"{path} (script)",
            (EventKind.Exec, ExecVia.Loader) => $"{path} (by the loader)",
            (EventKind.Exec, ExecVia.Library) => $"{path} (library)",
            (EventKind.Exec, ExecVia.Memory) => $"{path} (memory)",
            (EventKind.Open, _) => $"{path} (open)",
            _ => path,
        };
    }

    /// <summary>The verdict on who asked.</summary>
    public static string Answer(DecisionRecord decision) => decision.AheadOfNeed ? "ahead" : Verdict(decision.Verdict);

    /// <summary>The verdict, with what a rule on trial would have said.</summary>
    public static string Verdict(DecisionRecord decision)
    {
        string verdict = Answer(decision);
        if (decision.AheadOfNeed)
            return $"{verdict} (will be {Verdict(decision.Verdict)})";
        return decision.WouldBe == Contracts.Verdicts.Verdict.None ? verdict : $"{verdict} (would be {Verdict(decision.WouldBe)})";
    }

    /// <summary>The verdict.</summary>
    public static string Verdict(Verdict verdict) => verdict switch
    {
        Contracts.Verdicts.Verdict.Allow => "allow",
        Contracts.Verdicts.Verdict.Deny => "DENY",
        Contracts.Verdicts.Verdict.Hold => "hold",
        _ => "-",
    };

    /// <summary>Who decided, and the first reason.</summary>
    public static string Source(DecisionRecord decision)
    {
        string rule = decision.Rule is null ? "the default" : $"rule {TerminalText.Escape(decision.Rule)}";
        return decision.Source switch
        {
            VerdictSource.Rule => rule,
            VerdictSource.Product => Product(decision),
            VerdictSource.Cache => $"cache of {decision.CachedFrom}",
            VerdictSource.KernelCache => decision.CachedFrom == 0 ? "kernel cache" : $"kernel cache of {decision.CachedFrom}",
            VerdictSource.Deadline => $"deadline, {rule}",
            VerdictSource.Failure => $"failure {decision.Failure}, {rule}",
            VerdictSource.Own => "Outwork itself",
            VerdictSource.Default => "default",
            _ => "-",
        };
    }

    private static string Product(DecisionRecord decision)
    {
        ProductVote? vote = decision.Votes.FirstOrDefault(v => v.Verdict == decision.Verdict) ?? decision.Votes.FirstOrDefault();
        if (vote is null)
            return "product";
        string reason = vote.Reason.Length == 0 ? "" : $": {TerminalText.Escape(vote.Reason)}";
        return TerminalText.Escape(vote.Product) + reason;
    }
}
