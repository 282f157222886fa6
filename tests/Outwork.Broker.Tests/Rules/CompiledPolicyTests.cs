using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Rules;

public sealed class CompiledPolicyTests
{
    [Fact]
    public void Evaluate_shadow_rule_is_counted_and_not_reported()
    {
        var policy = Compile(
            new PolicyRule { Id = "shadow", Action = RuleAction.Deny, Stage = RuleStage.Shadow },
            new PolicyRule { Id = "audit", Action = RuleAction.Allow, Stage = RuleStage.Audit },
            new PolicyRule { Id = "force", Action = RuleAction.Deny });
        var query = new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a" };
        var decision = policy.Evaluate(query);
        Assert.Equal(("force", "audit", Verdict.Allow), (decision.Rule!.Id, decision.WouldBeRule, decision.WouldBe));
        var hits = new RuleHits(policy);
        hits.Count(query, decision);
        Assert.Equal([("shadow", 1L), ("audit", 1L), ("force", 1L)], hits.Snapshot());
    }

    [Fact]
    public void Evaluate_audit_rule_that_asks_is_named_and_has_no_verdict()
    {
        var policy = Compile(new PolicyRule { Id = "would-ask", Action = RuleAction.Ask, Products = ["p"], Stage = RuleStage.Audit });
        var decision = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a" });
        Assert.Equal(("would-ask", Verdict.None, RuleAction.Allow), (decision.WouldBeRule, decision.WouldBe, decision.Action));
        Assert.True(decision.Products.IsEmpty);
    }

    [Fact]
    public void Evaluate_audit_rule_for_one_user_makes_the_verdict_of_others_depend_on_the_subject()
    {
        var policy = Compile(new PolicyRule { Id = "bob", Action = RuleAction.Deny, Stage = RuleStage.Audit, Match = new RuleMatch { Users = [1001] } });
        var decision = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a", User = 0 });
        Assert.True(decision.DependsOnSubject, "a remembered allow would hide what bob does from the audit");
    }

    [Fact]
    public void Evaluate_rule_for_one_user_leaves_files_alone_that_it_is_not_about()
    {
        var policy = Compile(new PolicyRule { Id = "bob", Action = RuleAction.Deny, Match = new RuleMatch { Users = [1001], Paths = ["/tmp/*"] } });
        Assert.False(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/usr/bin/ls", User = 0 }).DependsOnSubject);
        Assert.True(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/tmp/ls", User = 0 }).DependsOnSubject);
    }

    [Fact]
    public void Evaluate_unknown_user_tells_so_and_does_not_match()
    {
        var policy = Compile(
            new PolicyRule { Id = "bob", Action = RuleAction.Deny, Match = new RuleMatch { Users = [1001] } },
            new PolicyRule { Id = "rest", Action = RuleAction.Allow });
        var decision = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a" });
        Assert.True(decision.NeedsSubject);
        Assert.Equal("rest", decision.Rule!.Id);
    }

    [Fact]
    public void Evaluate_parent_known_not_to_exist_needs_nothing_more()
    {
        var policy = Compile(new PolicyRule { Id = "shell", Action = RuleAction.Deny, Match = new RuleMatch { Parents = ["/bin/sh"] } });
        var decision = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a", Executable = "/bin/x", ParentExecutable = "" });
        Assert.Equal((false, null), (decision.NeedsSubject, decision.Rule));
    }

    [Fact]
    public void Evaluate_memory_is_not_denied_by_the_default()
    {
        var policy = PolicyCompiler.Compile(new PolicyDocument { Default = RuleAction.Deny });
        Assert.Equal(RuleAction.Allow, policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Memory, Path = "" }).Action);
        Assert.Equal(RuleAction.Deny, policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "" }).Action);
    }

    [Fact]
    public void Evaluate_hash_not_known_is_not_needed_behind_the_rule_that_decides()
    {
        string hash = new('a', 64);
        var policy = Compile(
            new PolicyRule { Id = "path", Action = RuleAction.Allow, Match = new RuleMatch { Paths = ["/a"] } },
            new PolicyRule { Id = "hash", Action = RuleAction.Deny, Match = new RuleMatch { Sha256 = [hash] } });
        Assert.False(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/a" }).NeedsHash);
        Assert.True(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/b" }).NeedsHash);
    }

    public static TheoryData<string, PolicyRule> Unfit => new()
    {
        { "products", new PolicyRule { Id = "r", Action = RuleAction.Ask } },
        { "deadline", new PolicyRule { Id = "r", Action = RuleAction.Allow, DeadlineMs = 0 } },
        { "deadline", new PolicyRule { Id = "r", Action = RuleAction.Allow, DeadlineMs = 60_001 } },
        { "kind", new PolicyRule { Id = "r", Action = RuleAction.Allow, Match = new RuleMatch { Kinds = [EventKind.Fork] } } },
        { "way", new PolicyRule { Id = "r", Action = RuleAction.Allow, Match = new RuleMatch { Via = [(ExecVia)40] } } },
        { "memory", new PolicyRule { Id = "r", Action = RuleAction.Deny, Match = new RuleMatch { Via = [ExecVia.Memory], Paths = ["/a"] } } },
        { "only deny", new PolicyRule { Id = "r", Action = RuleAction.Allow, Match = new RuleMatch { Via = [ExecVia.Memory], Users = [1] } } },
        { "SHA-256", new PolicyRule { Id = "r", Action = RuleAction.Allow, Match = new RuleMatch { Sha256 = [new string('g', 64)] } } },
        { "pattern", new PolicyRule { Id = "r", Action = RuleAction.Allow, Match = new RuleMatch { Paths = ["/[a"] } } },
        { "1025 users", new PolicyRule { Id = "r", Action = RuleAction.Deny, Match = new RuleMatch { Via = [ExecVia.Memory], Users = [.. Enumerable.Range(0, 1_025).Select(static i => (uint)i)] } } },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Compile_rule_that_cannot_be_carried_out_is_refused(string reason, PolicyRule rule) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => Compile(rule)).Message);

    private static CompiledPolicy Compile(params PolicyRule[] rules) => PolicyCompiler.Compile(new PolicyDocument { Rules = rules });
}
