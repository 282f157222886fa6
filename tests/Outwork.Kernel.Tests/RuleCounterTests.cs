using System.Security.Cryptography;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>What rules matched is counted for status, in every stage.</summary>
public sealed class RuleCounterTests
{
    [Fact]
    public void Program_that_a_shadow_and_an_audit_rule_match_runs_and_each_rule_counts_it_once()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        // The hash makes the broker evaluate twice: before and after the file was read.
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(program)));
        using var broker = new BrokerUnderTest(mount, new PolicyDocument
        {
            Rules =
            [
                new PolicyRule { Id = "shadow", Action = RuleAction.Deny, Stage = RuleStage.Shadow, Match = new RuleMatch { Paths = [program, mount.Path + "/*"] } },
                new PolicyRule { Id = "audit", Action = RuleAction.Deny, Stage = RuleStage.Audit, Match = new RuleMatch { Sha256 = [hash] } },
                new PolicyRule { Id = "run", Action = RuleAction.Allow },
            ],
        });

        Assert.Equal(0, TestProcess.Run(program).ExitCode);

        DecisionRecord? decision = null;
        BrokerUnderTest.Eventually(() => (decision = Array.Find(broker.Decisions(), d => d.Path == program)) is not null, "the record");
        Assert.Equal((Verdict.Allow, "run", Verdict.Deny, hash), (decision!.Verdict, decision.Rule, decision.WouldBe, decision.Sha256));
        Assert.Equal((1UL, 1UL, 1UL), (broker.Counter("rule.shadow"), broker.Counter("rule.audit"), broker.Counter("rule.run")));
    }

    [Fact]
    public void Program_that_an_audit_rule_about_another_user_concerns_is_reported_each_time_that_user_runs_it()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, new PolicyDocument
        {
            Rules =
            [
                new PolicyRule { Id = "nobody", Action = RuleAction.Deny, Stage = RuleStage.Audit, Match = new RuleMatch { Users = [65534] } },
                new PolicyRule { Id = "run", Action = RuleAction.Allow },
            ],
        });
        TestProcess.Run(program);
        TestProcess.Run(program);

        Assert.Equal(0, TestProcess.Run("setpriv", "--reuid=65534", "--clear-groups", program).ExitCode);

        BrokerUnderTest.Eventually(() => Array.Exists(broker.Decisions(), d => d.Path == program && d.WouldBe == Verdict.Deny), "the report");
        Assert.Equal(1UL, broker.Counter("rule.nobody"));
    }
}
