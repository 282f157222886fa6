using System.Text;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests.Reading;

public sealed class PolicyReaderTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var document = Read("""
            version: 1
            default: deny
            rules:
              - id: first
                description: All of it.
                match:
                  kind: [exec, open]
                  via: [direct, script, loader, library]
                  path: [/usr/bin/**, "/opt/{a,b}/*"]
                  sha256: 275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F
                  owner: root
                  user: [alice, 1001]
                  parent: /usr/sbin/sshd
                action:
                  ask: [execguard, other]
                stage: audit
                deadline: 500ms
                on-failure: closed
              - id: second
                action: allow
                deadline: 60s
            """);

        Assert.Equal(RuleAction.Deny, document.Default);
        var rule = document.Rules[0];
        Assert.Equal(("first", "All of it.", RuleAction.Ask, RuleStage.Audit, 500, OnFailure.Closed),
            (rule.Id, rule.Description, rule.Action, rule.Stage, rule.DeadlineMs, rule.OnFailure));
        Assert.Equal(["execguard", "other"], rule.Products);
        Assert.Equal([EventKind.Exec, EventKind.Open], rule.Match.Kinds);
        Assert.Equal([ExecVia.Direct, ExecVia.Script, ExecVia.Loader, ExecVia.Library], rule.Match.Via);
        Assert.Equal(["/usr/bin/**", "/opt/{a,b}/*"], rule.Match.Paths);
        Assert.Equal(["275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"], rule.Match.Sha256);
        Assert.Equal([0u], rule.Match.Owners);
        Assert.Equal([1000u, 1001u], rule.Match.Users);
        Assert.Equal(["/usr/sbin/sshd"], rule.Match.Parents);
        Assert.Equal((RuleStage.Enforce, 60_000, OnFailure.Open), (document.Rules[1].Stage, document.Rules[1].DeadlineMs, document.Rules[1].OnFailure));
    }

    [Fact]
    public void Shortest_policy_allows_everything()
    {
        var document = Read("version: 1");
        Assert.Equal(RuleAction.Allow, document.Default);
        Assert.Empty(document.Rules);
    }

    [Theory]
    [InlineData("action: deny")]
    [InlineData("action: allow\n    stage: audit")]
    [InlineData("action: {ask: execguard}\n    stage: shadow")]
    public void Memory_rule_with_user_conditions_is_accepted(string rest) =>
        Assert.Equal([1000u], Read($"version: 1\nrules:\n  - id: a\n    match: {{via: memory, user: alice}}\n    {rest}").Rules[0].Match.Users);

    [Fact]
    public void Built_in_policy_is_valid_and_does_what_it_says()
    {
        var policy = PolicyCompiler.Compile(Read(File.ReadAllText(Repository.PathOf("config/policy.yaml"))));

        foreach (var via in (ExecVia[])[ExecVia.Direct, ExecVia.Script, ExecVia.Loader, ExecVia.Library])
        {
            var decision = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = via, Path = "/usr/bin/ls" });
            Assert.Equal(RuleAction.Ask, decision.Action);
            Assert.Equal(["execguard"], decision.Products.ToArray());
            Assert.Equal((2_000, OnFailure.Open, false), (decision.DeadlineMs, decision.OnFailure, decision.DependsOnSubject));
        }
        var memory = policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Memory, Path = "/memfd:x" });
        Assert.Equal((RuleAction.Allow, Verdict.Deny, "audit-memory-execution"), (memory.Action, memory.WouldBe, memory.WouldBeRule));
        Assert.False(policy.MemoryExec.DeniesAll);
        Assert.Empty(policy.MemoryExec.DeniedUsers);
        Assert.False(policy.HasOpenRules);
    }

    [Fact]
    public void Commented_out_rule_of_the_built_in_policy_is_valid()
    {
        string text = File.ReadAllText(Repository.PathOf("config/policy.yaml"));
        int from = text.IndexOf("  # - id: deny-memory-execution", StringComparison.Ordinal), to = text.IndexOf("# There is no rule", StringComparison.Ordinal);
        string uncommented = text[..from] + text[from..to].Replace("  # ", "  ");
        Assert.True(PolicyCompiler.Compile(Read(uncommented)).MemoryExec.DeniesAll);
    }

    [Fact]
    public void Hundred_thousand_hashes_are_read_and_found()
    {
        var text = new StringBuilder("version: 1\nrules:\n  - id: known-bad\n    action: deny\n    match:\n      sha256:\n");
        for (int i = 0; i < 100_000; i++) text.Append("        - ").Append(Convert.ToHexStringLower(Hash(i))).Append('\n');
        var policy = PolicyCompiler.Compile(Read(text.ToString()));

        Assert.True(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/a" }).NeedsHash);
        Assert.Equal(RuleAction.Deny, policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/a", Sha256 = Hash(77_777) }).Action);
        Assert.Equal(RuleAction.Allow, policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/a", Sha256 = Hash(100_000) }).Action);
    }

    private static byte[] Hash(int i) => System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i));

    private static PolicyDocument Read(string text)
    {
        var result = PolicyReader.Read(text, "test.yaml", FakeUsers.Instance);
        Assert.Empty(result.FormatFaults());
        return result.Document!;
    }
}
