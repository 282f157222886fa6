using Outwork.Agent.Policy;
using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;

namespace Outwork.Agent.Tests.Support;

/// <summary>Policies whose text says nothing but their name; the real reader has tests of its own.</summary>
internal static class Policies
{
    /// <summary>A text with "bad" in it has a fault at 3:7.</summary>
    public static PolicyReading Read(string text, string source) => text.Contains("bad")
        ? new PolicyReading(null, [new PolicyFault(3, 7, $"bad rule in {source}")])
        : new PolicyReading(new PolicyDocument { Rules = [new PolicyRule { Id = text.Trim(), Action = RuleAction.Deny }] }, []);
}
