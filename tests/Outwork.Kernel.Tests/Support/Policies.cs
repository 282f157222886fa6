using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Kernel.Tests.Support;

/// <summary>Policies that several tests use.</summary>
internal static class Policies
{
    /// <summary>Every execution asks the product <c>guard</c>.</summary>
    public static PolicyDocument AskGuard(OnFailure onFailure = OnFailure.Open, int deadlineMs = 5_000) => new()
    {
        Rules = [new PolicyRule { Id = "ask-guard", Action = RuleAction.Ask, Products = ["guard"], OnFailure = onFailure, DeadlineMs = deadlineMs }],
    };

    /// <summary>One rule for executions of a path.</summary>
    public static PolicyDocument OfPath(string path, RuleAction action) => new()
    {
        Rules = [new PolicyRule { Id = "path", Action = action, Match = new RuleMatch { Kinds = [EventKind.Exec], Paths = [path] } }],
    };

    /// <summary>No rule: everything is allowed.</summary>
    public static PolicyDocument AskNobody() => new();

    /// <summary>One rule for executions of memory.</summary>
    public static PolicyDocument OfMemory(RuleAction action, RuleStage stage) => new()
    {
        Rules = [new PolicyRule { Id = "memory", Action = action, Stage = stage, Match = new RuleMatch { Via = [ExecVia.Memory] } }],
    };
}
