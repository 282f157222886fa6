using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

public sealed class LoadTests
{
    [Fact]
    public void Ten_thousand_spawns_from_many_at_once_are_all_answered_and_seen()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var build = new TempDirectory();
        string program = mount.CopyProgram("/bin/true", "true");
        string storm = CProgram.Compile(build, Path.Combine(AppContext.BaseDirectory, "testassets", "spawn-many.c"), "spawn-many");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS", cacheable: false));
        ulong execs = broker.Counter("telemetry.seen.exec"), lost = broker.Counter("telemetry.lost.exec");

        var run = TestProcess.Run(storm, program, "100", "100");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("10000 started, 0 failed\n", run.Output);
        Assert.Equal(broker.Counter("auth.events"), broker.Counter("auth.answers"));
        BrokerUnderTest.Eventually(() => broker.Counter("telemetry.seen.exec") - execs + (broker.Counter("telemetry.lost.exec") - lost) >= 10_000, "the telemetry");
        Assert.Equal(0ul, broker.Counter("failure." + "response-write-failed"));
        Assert.Equal(0ul, broker.Counter("failure.event-queue-overflow"));
    }
}
