using Outwork.BrokerHost.Mounts;
using Outwork.Contracts.Policy;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.Kernel.Tests;

/// <summary>What is marked is what was meant, whatever users mount.</summary>
public sealed class MountPointsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [Fact]
    public void Mount_that_is_covered_is_not_taken_for_what_covers_it()
    {
        RequiresRoot.Check();
        using var mount = GuardedMount.Create("tmpfs");
        var below = MountTable.Read().Single(m => m.MountPoint == mount.Path);
        int marked = 0;
        var points = new MountPoints(_ => { marked++; return 0; }, Patience);
        Assert.True(points.Mark([below])[0].IsSet);
        mount.Cover();
        var above = MountTable.Read().Last(m => m.MountPoint == mount.Path);

        var marks = points.Mark([below, above]);

        Assert.NotEqual(below, above);
        Assert.Equal([(below, true, false), (above, false, true)], marks.Select(static m => (m.Mount, m.IsOutOfReach, m.IsSet)));
        Assert.Equal(2, marked);
    }

    [Fact]
    public void Server_that_never_answers_holds_up_nothing_but_the_way_over_it()
    {
        RequiresRoot.Check();
        using var mount = GuardedMount.Create("tmpfs");
        using var other = GuardedMount.Create("tmpfs");
        using var server = mount.MountBelow("sub").CoverWithSilentServer();
        var table = MountTable.Read();
        var hidden = table.Single(m => m.MountPoint == mount["sub"]);
        var reachable = table.Single(m => m.MountPoint == other.Path);
        int marked = 0;
        var points = new MountPoints(_ => { marked++; return 0; }, TimeSpan.FromMilliseconds(500));
        bool cameBack = false;
        points.CameBack = () => Volatile.Write(ref cameBack, true);

        for (int i = 0; i < 3; i++)
        {
            var marks = points.Mark([hidden, reachable]);
            Assert.Equal([(hidden, true, false), (reachable, false, true)], marks.Select(static m => (m.Mount, m.IsOutOfReach, m.IsSet)));
        }
        Assert.Equal(3, marked);
        Assert.False(Volatile.Read(ref cameBack));
        server.Dispose();
        BrokerUnderTest.Eventually(() => Volatile.Read(ref cameBack), "the thread that was left behind comes back");
    }

    [Fact]
    public void File_system_that_gets_the_device_number_of_one_unmounted_is_guarded()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string denied = mount["denied"];
        using var broker = new BrokerUnderTest(mount, Policies.OfPath(denied, RuleAction.Deny));
        // Stopped, so that it reads the mount table only when all is done.
        Assert.Equal(0, TestProcess.Run("kill", "-STOP", $"{broker.Process.ProcessId}").ExitCode);
        bool isSameNumber = mount.TryReplace();
        mount.CopyProgram("/bin/true", "denied");
        Assert.Equal(0, TestProcess.Run("kill", "-CONT", $"{broker.Process.ProcessId}").ExitCode);

        Assert.True(isSameNumber, "another mount took the number meanwhile");
        BrokerUnderTest.Eventually(() => TestProcess.Run("/bin/sh", "-c", denied).ExitCode == 126, "the new file system is guarded");
    }
}
