using System.Buffers;
using Outwork.Cli.Output;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Decisions;

/// <summary>One decision as a story.</summary>
internal sealed class Explanation(Terminal terminal, Instants instants)
{
    // Enough to recognise a command; --json has all of it.
    private const int ArgumentsLength = 300;
    private static readonly SearchValues<char> ShellSpecial = SearchValues.Create(" \"'$`|&;<>()*?[]");

    public void Write(DecisionRecord decision, ProcessInfo[] ancestry)
    {
        string done = decision.AheadOfNeed ? "judged ahead of need" : decision.Verdict == Verdict.Deny ? "refused" : "allowed";
        terminal.WriteLine(
            $"Decision {decision.Id}: {done} in {Instants.Microseconds(decision.Microseconds)}, {instants.Full(decision.TimeUnixNs)}",
            Styles.Of(decision) ?? Styles.Good);
        WriteQuestion(decision);
        WriteAncestry(decision, ancestry);
        WriteReasoning(decision);
        WriteVotes(decision);
        WriteResult(decision);
    }

    private void WriteQuestion(DecisionRecord decision)
    {
        terminal.WriteLine();
        terminal.WriteLine("What was asked", Styles.Heading);
        string path = decision.Path.Length == 0 ? "memory without a path" : TerminalText.Escape(decision.Path);
        string what = (decision.Kind, decision.Via) switch
        {
            (EventKind.Open, _) => $"to open {path}",
            (_, ExecVia.Script) => $"to run the script {path}",
            (_, ExecVia.Loader) => $"to run {path} by means of the dynamic loader",
            (_, ExecVia.Library) => $"to load the library {path}",
            (_, ExecVia.Memory) => $"to run {path} from memory",
            _ => $"to run {path}",
        };
        terminal.WriteLine(decision.AheadOfNeed
            ? $"  Nobody asked yet: the file is opened as data again and again, so it was judged before somebody wants {what}."
            : $"  {DecisionWords.Process(decision)} of user {decision.UserId} asked {what}.");
        if (!decision.File.IsNone)
        {
            terminal.WriteLine(
                $"  The file: device {decision.File.Device}, inode {decision.File.Inode}, {decision.File.Size} bytes, modified {instants.Full(decision.File.ModifiedNs)}.");
        }

        if (decision.Sha256 is { } digest)
            terminal.WriteLine($"  SHA-256: {TerminalText.Escape(digest)}");
    }

    private void WriteAncestry(DecisionRecord decision, ProcessInfo[] ancestry)
    {
        terminal.WriteLine();
        terminal.WriteLine("By whom", Styles.Heading);
        if (decision.AheadOfNeed)
        {
            terminal.WriteLine("  Nobody waited.");
            return;
        }

        if (ancestry.Length == 0)
        {
            terminal.WriteLine($"  {TerminalText.Escape(decision.Executable)}, pid {decision.Pid}, child of pid {decision.ParentPid}; more is not known any more.");
            return;
        }

        for (int i = 0; i < ancestry.Length; i++)
        {
            ProcessInfo process = ancestry[i];
            string relation = i == 0 ? "" : "started by ";
            string program = process.Executable.Length == 0 ? "(no program known)" : TerminalText.Escape(process.Executable);
            string container = process.ContainerId is null ? "" : $", container {TerminalText.Escape(process.ContainerId)}";
            string origin = process.Reconstructed ? ", ran before Outwork saw it" : "";
            terminal.WriteLine($"  {relation}{program}, pid {process.Pid}, user {process.UserId}{container}{origin}");
            if (process.Arguments.Length > 0)
            {
                terminal.WriteLine($"    arguments: {ArgumentsOf(process)}", Styles.Quiet);
            }

            if (process.WorkingDirectory.Length > 0)
                terminal.WriteLine($"    in: {TerminalText.Escape(process.WorkingDirectory)}", Styles.Quiet);
        }
    }

    private static string ArgumentsOf(ProcessInfo process)
    {
        string all = string.Join(' ', process.Arguments.Select(Quote));
        bool isCut = all.Length > ArgumentsLength;
        return (isCut ? all[..ArgumentsLength] : all) + (isCut || process.ArgumentsTruncated ? " ..." : "");
    }

    private void WriteReasoning(DecisionRecord decision)
    {
        terminal.WriteLine();
        terminal.WriteLine("How it was decided", Styles.Heading);
        terminal.WriteLine(decision.Rule is null
            ? $"  No rule matched; the default of policy generation {decision.PolicyGeneration} applied."
            : $"  Rule {TerminalText.Escape(decision.Rule)} of policy generation {decision.PolicyGeneration}, stage {Stage(decision.Stage)}.");
        terminal.WriteLine($"  {Decider(decision)}");
        if (decision.WouldBe != Verdict.None)
            terminal.WriteLine($"  Were the rule enforced, the answer would be: {DecisionWords.Verdict(decision.WouldBe)}.", Styles.Warning);
        if (decision.Failure != VerdictFailure.None)
            terminal.WriteLine($"  What failed: {decision.Failure}: {FailureWords.Of(decision.Failure)}", Styles.Warning);
    }

    private void WriteVotes(DecisionRecord decision)
    {
        if (decision.Votes.Length == 0)
            return;
        terminal.WriteLine();
        terminal.WriteLine("What the products said", Styles.Heading);
        foreach (ProductVote vote in decision.Votes)
        {
            string name = TerminalText.Escape(vote.Product);
            string reason = vote.Reason.Length == 0 ? "" : $": {TerminalText.Escape(vote.Reason)}";
            terminal.WriteLine(
                vote.Verdict == Verdict.None
                    ? $"  {name} did not answer{reason}"
                    : $"  {name} said {DecisionWords.Verdict(vote.Verdict)} after {Instants.Microseconds(vote.Microseconds)}{reason}",
                vote.Verdict == Verdict.Deny ? Styles.Bad : null);
        }
    }

    private void WriteResult(DecisionRecord decision)
    {
        terminal.WriteLine();
        terminal.WriteLine("Result", Styles.Heading);
        terminal.WriteLine(decision.AheadOfNeed
            ? $"  Nobody was refused or let through. Whoever runs the file as it is now is answered: {DecisionWords.Verdict(decision.Verdict)}."
            : decision.Verdict == Verdict.Deny
            ? "  Refused: the caller was told \"Operation not permitted\" (EPERM)."
            : "  Allowed.");
    }

    private static string Decider(DecisionRecord decision) => decision.Source switch
    {
        VerdictSource.Rule => "The rule itself decided; no product was asked.",
        VerdictSource.Product => "The products it names were asked; deny wins over allow.",
        VerdictSource.Cache => $"The same content was judged before: the answer of decision {decision.CachedFrom} was used again. See: outwork explain {decision.CachedFrom}",
        VerdictSource.KernelCache when decision.CachedFrom != 0 =>
            $"The kernel let it through by itself, because of decision {decision.CachedFrom}. See: outwork explain {decision.CachedFrom}",
        VerdictSource.KernelCache => "The kernel let it through by itself, because of an earlier decision about the same content.",
        VerdictSource.Deadline => "No answer came before the deadline, so what the rule says for failures applied; this answer is not remembered.",
        VerdictSource.Failure => "Judging failed, so what the rule says for failures applied; this answer is not remembered.",
        VerdictSource.Own => "One of Outwork's own processes asked; those are not judged.",
        VerdictSource.Default => "The policy's default decided; no product was asked.",
        _ => "Nothing is known of who decided.",
    };

    private static string Stage(RuleStage stage) => stage switch
    {
        RuleStage.Shadow => "shadow (only counted)",
        RuleStage.Audit => "audit (reported, not enforced)",
        _ => "enforce",
    };

    private static string Quote(string argument) =>
        argument.Length == 0 || argument.AsSpan().ContainsAny(ShellSpecial)
            ? $"'{TerminalText.Escape(argument).Replace("'", @"'\''")}'"
            : TerminalText.Escape(argument);
}
