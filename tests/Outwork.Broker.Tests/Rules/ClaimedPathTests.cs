using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;

namespace Outwork.Broker.Tests.Rules;

/// <summary>A path that the asker may have made up.</summary>
public sealed class ClaimedPathTests
{
    private static readonly CompiledPolicy Policy = PolicyCompiler.Compile(new PolicyDocument
    {
        Default = RuleAction.Deny,
        Rules =
        [
            new PolicyRule { Id = "deny", Action = RuleAction.Deny, Match = new RuleMatch { Paths = ["/usr/bin/nc"] } },
            new PolicyRule { Id = "allow", Action = RuleAction.Allow, Match = new RuleMatch { Paths = ["/usr/**"] } },
            new PolicyRule { Id = "hash", Action = RuleAction.Allow, Match = new RuleMatch { Sha256 = [new string('a', 64)] } },
            new PolicyRule { Id = "ask", Action = RuleAction.Ask, Products = ["p"], Match = new RuleMatch { Paths = ["/**"] } },
        ],
    });

    [Theory]
    [InlineData("/usr/bin/ls", false, "allow")]
    [InlineData("/usr/bin/ls", true, "ask")]
    [InlineData("/usr/bin/nc", false, "deny")]
    [InlineData("/usr/bin/nc", true, "deny")]
    public void Claimed_path_does_not_allow_and_still_denies_and_asks(string path, bool isClaimed, string rule)
    {
        var query = new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = path, IsPathClaimed = isClaimed, Sha256 = new byte[32], Executable = "", ParentExecutable = "" };
        Assert.Equal(rule, Policy.Evaluate(query).Rule?.Id);
    }

    [Fact]
    public void Hash_allows_whatever_the_path()
    {
        byte[] hash = Convert.FromHexString(new string('a', 64));
        var query = new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/usr/bin/ls", IsPathClaimed = true, Sha256 = hash, Executable = "", ParentExecutable = "" };
        Assert.Equal("hash", Policy.Evaluate(query).Rule?.Id);
    }
}
