using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Fanotify;

public sealed class FanotifyProbeTests
{
    [Fact]
    public void Every_part_that_we_use_is_found_on_a_supported_kernel()
    {
        RequiresRoot.Check();
        FanotifyCapabilities found = FanotifyProbe.Probe();
        // All of these are in 6.1, the oldest kernel that we support.
        Assert.True(found is { Permission: true, Unlimited: true, PidFd: true, OpenExecPerm: true, OpenPerm: true });
        Assert.True(found is { IgnoreMarks: true, EvictableMarks: true });
        Assert.Equal(found.Mechanisms.Length, found.Mechanisms.Select(m => m.Name).Distinct().Count());
        Assert.All(found.Mechanisms, m => Assert.Equal(m.InForce, m.Lost.Length == 0));
    }

    [Fact]
    public void Found_flags_open_a_group()
    {
        RequiresRoot.Check();
        using var group = Interop.fanotify_init(FanotifyProbe.Probe().InitFlags, 0);
        Assert.False(group.IsInvalid);
    }
}
