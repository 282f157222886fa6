using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>Policies that each use another part of the language.</summary>
internal static class TestPolicies
{
    public static PolicyDocument Ask(OnFailure onFailure, int deadlineMs = 100, params string[] products) => Of(new PolicyRule
    {
        Id = "ask", Action = RuleAction.Ask, Products = products.Length == 0 ? ["p"] : products, OnFailure = onFailure, DeadlineMs = deadlineMs,
        Match = new RuleMatch { Kinds = [EventKind.Exec] },
    });

    public static PolicyDocument DenyPath(string path) => Of(
        new PolicyRule { Id = "deny", Action = RuleAction.Deny, Match = new RuleMatch { Kinds = [EventKind.Exec], Paths = [path] } },
        new PolicyRule { Id = "ask", Action = RuleAction.Ask, Products = ["p"], Match = new RuleMatch { Kinds = [EventKind.Exec] } });

    public static PolicyDocument AskForOpen(string path) => Of(
        new PolicyRule { Id = "open", Action = RuleAction.Ask, Products = ["q"], OnFailure = OnFailure.Closed, Match = new RuleMatch { Kinds = [EventKind.Open], Paths = [path] } },
        new PolicyRule { Id = "ask", Action = RuleAction.Ask, Products = ["p"], Match = new RuleMatch { Kinds = [EventKind.Exec] } });

    public static PolicyDocument AskForScripts { get; } = Of(
        new PolicyRule { Id = "scripts", Action = RuleAction.Ask, Products = ["q"], Match = new RuleMatch { Kinds = [EventKind.Exec], Via = [ExecVia.Script] } });

    public static PolicyDocument DenyHash(byte[] sha256) => Of(new PolicyRule
    {
        Id = "hash", Action = RuleAction.Deny, OnFailure = OnFailure.Closed,
        Match = new RuleMatch { Kinds = [EventKind.Exec], Sha256 = [Convert.ToHexStringLower(sha256)] },
    });

    public static PolicyDocument DenyUser(uint user) => Of(
        new PolicyRule { Id = "user", Action = RuleAction.Deny, Match = new RuleMatch { Kinds = [EventKind.Exec], Users = [user] } },
        new PolicyRule { Id = "ask", Action = RuleAction.Ask, Products = ["p", "q"], OnFailure = OnFailure.Closed, Match = new RuleMatch { Kinds = [EventKind.Exec] } });

    public static PolicyDocument AllowAll { get; } = Of();

    private static PolicyDocument Of(params PolicyRule[] rules) => new() { Rules = rules };
}
