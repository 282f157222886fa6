using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Rules;

/// <summary>What is asked, as a plain record that a test can print.</summary>
internal sealed record Question(
    EventKind Kind, ExecVia Via, string Path, byte[]? Sha256, uint Owner, uint? User, string? Executable, string? ParentExecutable)
{
    public RuleQuery ToQuery() => new()
    {
        Kind = Kind, Via = Via, Path = Path, Sha256 = Sha256, Owner = Owner, User = User, Executable = Executable, ParentExecutable = ParentExecutable,
    };

    public override string ToString() =>
        $"{Kind}/{Via} {Path} sha={(Sha256 is null ? "?" : Sha256[0].ToString("x2"))} owner={Owner} user={User} exe={Executable ?? "?"} parent={ParentExecutable ?? "?"}";
}

/// <summary>The meaning of a policy: one rule after the other, every condition looked at.</summary>
internal sealed class NaivePolicy(PolicyDocument document)
{
    private enum Answer { No, Yes, NeedsHash, NeedsSubject }

    public sealed record Outcome(
        string? Rule, RuleAction Action, string? WouldBeRule, Verdict WouldBe, bool NeedsHash, bool NeedsSubject, bool DependsOnSubject, string[] Hits);

    public Outcome Evaluate(Question q)
    {
        bool needsHash = false, needsSubject = false, dependsOnSubject = false;
        PolicyRule? decider = null, audit = null;
        var hits = new List<string>();
        foreach (var rule in document.Rules)
        {
            var answer = Judge(rule, q, out bool looksAtSubject);
            dependsOnSubject |= looksAtSubject;
            needsHash |= answer == Answer.NeedsHash;
            needsSubject |= answer == Answer.NeedsSubject;
            if (answer != Answer.Yes) continue;
            hits.Add(rule.Id);
            if (rule.Stage == RuleStage.Audit) audit ??= rule;
            if (rule.Stage != RuleStage.Enforce) continue;
            decider = rule;
            break;
        }
        var byDefault = q.Via == ExecVia.Memory ? RuleAction.Allow : document.Default;
        var wouldBe = audit?.Action switch { RuleAction.Allow => Verdict.Allow, RuleAction.Deny => Verdict.Deny, _ => Verdict.None };
        return new Outcome(decider?.Id, decider?.Action ?? byDefault, audit?.Id, wouldBe, needsHash, needsSubject, dependsOnSubject, [.. hits]);
    }

    private static Answer Judge(PolicyRule rule, Question q, out bool looksAtSubject)
    {
        var match = rule.Match;
        looksAtSubject = false;
        if (!(match.Kinds.Length == 0 ? q.Kind == EventKind.Exec : match.Kinds.Contains(q.Kind))) return Answer.No;
        if (q.Kind == EventKind.Exec && !(match.Via.Length == 0 ? q.Via != ExecVia.Memory : match.Via.Contains(q.Via))) return Answer.No;
        if (match.Paths.Length != 0 && !match.Paths.Any(p => NaiveGlob.IsMatch(p, q.Path))) return Answer.No;
        if (match.Owners.Length != 0 && !match.Owners.Contains(q.Owner)) return Answer.No;
        if (match.Sha256.Length != 0)
        {
            if (q.Sha256 is null) return Answer.NeedsHash;
            if (!match.Sha256.Contains(Convert.ToHexStringLower(q.Sha256))) return Answer.No;
        }
        looksAtSubject = match.Users.Length != 0 || match.Parents.Length != 0;
        if (match.Users.Length != 0 && q.User is { } user && !match.Users.Contains(user)) return Answer.No;
        bool isUserUnknown = match.Users.Length != 0 && q.User is null;
        if (match.Parents.Length == 0) return isUserUnknown ? Answer.NeedsSubject : Answer.Yes;
        bool isParent = new[] { q.Executable, q.ParentExecutable }.Any(e => e is not null && match.Parents.Any(p => NaiveGlob.IsMatch(p, e)));
        if (!isParent) return q.Executable is null || q.ParentExecutable is null ? Answer.NeedsSubject : Answer.No;
        return isUserUnknown ? Answer.NeedsSubject : Answer.Yes;
    }
}
