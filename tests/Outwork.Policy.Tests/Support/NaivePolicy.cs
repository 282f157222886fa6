using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Policy.Tests.Support;

/// <summary>First match, as docs/policy.md says it: one rule after the other. The oracle for <c>CompiledPolicy</c>.</summary>
internal static class NaivePolicy
{
    public static RuleDecision Evaluate(PolicyDocument policy, in RuleQuery query)
    {
        PolicyRule? observed = null;
        bool dependsOnSubject = false;
        foreach (var rule in policy.Rules)
        {
            var match = rule.Match;
            if (!MatchesObject(match, query)) continue;
            if (match.Sha256.Length != 0)
            {
                if (query.Sha256.IsEmpty) return new RuleDecision { NeedsHash = true };
                if (!match.Sha256.Contains(Convert.ToHexStringLower(query.Sha256))) continue;
            }
            dependsOnSubject |= rule.Stage == RuleStage.Enforce && (match.Users.Length != 0 || match.Parents.Length != 0);
            if (!MatchesSubject(match, query)) continue;
            if (rule.Stage != RuleStage.Enforce)
            {
                observed ??= rule;
                continue;
            }
            return Decision(rule, rule.Action, observed, dependsOnSubject);
        }
        return Decision(null, policy.Default, observed, dependsOnSubject);
    }

    private static bool MatchesObject(RuleMatch match, RuleQuery query)
    {
        string path = query.Path;
        bool kind = match.Kinds.Length == 0 ? query.Kind == EventKind.Exec : match.Kinds.Contains(query.Kind);
        bool via = query.Kind == EventKind.Open || (match.Via.Length == 0 ? query.Via != ExecVia.Memory : match.Via.Contains(query.Via));
        return kind && via
            && (match.Paths.Length == 0 || match.Paths.Any(p => NaiveGlob.IsMatch(p, path)))
            && (match.Owners.Length == 0 || match.Owners.Contains(query.Owner));
    }

    private static bool MatchesSubject(RuleMatch match, RuleQuery query)
    {
        string?[] programs = [query.Executable, query.ParentExecutable];
        return (match.Users.Length == 0 || (query.User is { } user && match.Users.Contains(user)))
            && (match.Parents.Length == 0 || match.Parents.Any(p => programs.Any(e => e is not null && NaiveGlob.IsMatch(p, e))));
    }

    private static RuleDecision Decision(PolicyRule? rule, RuleAction action, PolicyRule? observed, bool dependsOnSubject) => new()
    {
        Rule = rule,
        Action = action,
        WouldBe = observed?.Action switch { RuleAction.Allow => Verdict.Allow, RuleAction.Deny => Verdict.Deny, _ => Verdict.None },
        WouldBeRule = observed?.Id,
        DependsOnSubject = dependsOnSubject,
    };
}
