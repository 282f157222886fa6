using System.Text.Json;
using Outwork.Broker.Processes;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;

namespace Outwork.Broker.Rules;

/// <summary>Turns a policy document into what is evaluated. Pure.</summary>
public static class PolicyCompiler
{
    // As many as the operating system's table holds; see MemoryExecPolicy.DeniedUsers.
    private const int MaxMemoryUsers = 1_024;

    /// <summary>Compiles.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule that the policy reader checks: a bad pattern or hash, no product to ask, too many.</exception>
    public static CompiledPolicy Compile(PolicyDocument document)
    {
        PolicyShape.Check(document);
        if (document.Default == RuleAction.Ask) throw new ArgumentException("The default of a policy is allow or deny.", nameof(document));
        var rules = new CompiledRule[document.Rules.Length];
        for (int i = 0; i < rules.Length; i++) rules[i] = CompiledRule.From(document.Rules[i], i);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, ControlJsonContext.Default.PolicyDocument);
        return new CompiledPolicy(rules, document.Default, MemoryExecOf(rules)) { Print = Fingerprint.Of(json) };
    }

    // Rules in force about memory only deny (RuleConsistency), so their order does not matter and a list of users says it all.
    private static MemoryExecPolicy MemoryExecOf(CompiledRule[] rules)
    {
        var matches = rules.Where(static r => r.IsEnforced && r.JudgesMemory).Select(static r => r.Rule.Match).ToArray();
        if (Array.Exists(matches, static m => m.Users.Length == 0)) return MemoryExecPolicy.DenyAll;
        uint[] users = [.. matches.SelectMany(static m => m.Users).Distinct()];
        if (users.Length > MaxMemoryUsers) throw new ArgumentException($"The rules about memory name {users.Length} users; {MaxMemoryUsers} are possible.");
        return new MemoryExecPolicy { DeniedUsers = users };
    }
}
