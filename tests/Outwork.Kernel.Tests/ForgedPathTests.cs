using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>Paths that exist only in a mount namespace of the attacker's own.</summary>
public sealed class ForgedPathTests
{
    [Fact]
    public void Program_that_is_mounted_over_an_allowed_path_is_not_allowed_for_that_path()
    {
        using var mount = GuardedMount.Create("ext4");
        Directory.CreateDirectory(mount["allowed"]);
        string allowed = mount.CopyProgram("/bin/true", "allowed/program");
        string evil = mount.CopyProgram("/bin/echo", "evil");
        Assert.Equal(0, TestProcess.Run("/bin/chown", "1000", evil).ExitCode);
        GuardedMount.Settle();
        using var broker = new BrokerUnderTest(mount, new PolicyDocument
        {
            Rules =
            [
                new PolicyRule { Id = "allowed", Action = RuleAction.Allow, Match = new RuleMatch { Paths = [mount["allowed/**"]] } },
                new PolicyRule { Id = "others", Action = RuleAction.Deny, Match = new RuleMatch { Paths = [mount["**"]] } },
            ],
        });

        Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", allowed).ExitCode);
        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", evil).ExitCode);
        var forged = TestProcess.Run("/usr/bin/unshare", "-m", "/bin/sh", "-c", $"mount --bind {evil} {allowed} && {allowed}");

        Assert.Equal(126, forged.ExitCode);
        Assert.Contains(broker.Decisions().Select(static d => (d.Path, d.Rule, d.Verdict, d.Source)), d => d == (allowed, "others", Verdict.Deny, VerdictSource.Rule));
        // In a namespace of its own, as services have one, a file that only root can write keeps its path.
        Assert.Equal(0, TestProcess.Run("/usr/bin/unshare", "-m", "/bin/sh", "-c", allowed).ExitCode);
    }

    [Fact]
    public void File_whose_name_looks_deleted_is_judged_by_its_name()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string denied = mount.CopyProgram("/bin/true", "tool");
        string other = mount.CopyProgram("/bin/true", "tool (deleted)");
        using var broker = new BrokerUnderTest(mount, Policies.OfPath(denied, RuleAction.Deny));

        Assert.Equal(0, TestProcess.Run(other).ExitCode);
        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", denied).ExitCode);
    }
}
