using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Contracts.Policy;

/// <summary>A whole policy: immutable, ordered; the first enforced rule that matches decides.</summary>
public sealed record PolicyDocument
{
    /// <summary>Version of the format; 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What is answered when no rule matches.</summary>
    public RuleAction Default { get; init; } = RuleAction.Allow;

    /// <summary>Rules in order.</summary>
    public PolicyRule[] Rules { get; init; } = [];
}

/// <summary>What a rule does. The values are frozen.</summary>
public enum RuleAction : byte
{
    /// <summary>Allow at once.</summary>
    Allow = 0,

    /// <summary>Deny at once.</summary>
    Deny = 1,

    /// <summary>Ask the products named.</summary>
    Ask = 2,
}

/// <summary>One rule: conditions that must all hold, and what then happens.</summary>
public sealed record PolicyRule
{
    /// <summary>Unique name within the policy.</summary>
    public required string Id { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The conditions.</summary>
    public RuleMatch Match { get; init; } = new();

    /// <summary>What happens.</summary>
    public required RuleAction Action { get; init; }

    /// <summary>Products asked, for <see cref="RuleAction.Ask"/>; deny wins.</summary>
    public string[] Products { get; init; } = [];

    /// <summary>How much the rule counts.</summary>
    public RuleStage Stage { get; init; } = RuleStage.Enforce;

    /// <summary>Time for products, milliseconds, 1 to 60,000.</summary>
    public int DeadlineMs { get; init; } = 2_000;

    /// <summary>What happens when the products fail.</summary>
    public OnFailure OnFailure { get; init; } = OnFailure.Open;
}

/// <summary>Conditions. An empty list means any; several values of one condition mean any of them; conditions must all hold.</summary>
public sealed record RuleMatch
{
    /// <summary>Kinds of event: <see cref="EventKind.Exec"/> or <see cref="EventKind.Open"/>. Empty: Exec.</summary>
    public EventKind[] Kinds { get; init; } = [];

    /// <summary>For Exec: ways. Empty: any but <see cref="ExecVia.Memory"/>, which must be named.</summary>
    public ExecVia[] Via { get; init; } = [];

    /// <summary>Path globs: <c>*</c> within a component, <c>**</c> across, <c>?</c>, <c>[a-z]</c>, <c>{a,b}</c>. Absolute.</summary>
    public string[] Paths { get; init; } = [];

    /// <summary>SHA-256 of the content, 64 lower-case hexadecimal digits.</summary>
    public string[] Sha256 { get; init; } = [];

    /// <summary>User ids that own the file.</summary>
    public uint[] Owners { get; init; } = [];

    /// <summary>User ids of the process that asks.</summary>
    public uint[] Users { get; init; } = [];

    /// <summary>Globs on the program of the process that asks, or of its parent.</summary>
    public string[] Parents { get; init; } = [];
}
