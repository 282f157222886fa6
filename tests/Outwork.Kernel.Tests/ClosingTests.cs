using Outwork.Broker.Verdicts;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Fanotify;

namespace Outwork.Kernel.Tests;

/// <summary>What takes long to close is closed where nobody waits for it.</summary>
public sealed class ClosingTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Descriptor_that_may_be_the_last_of_its_file_is_closed_elsewhere(bool isKept)
    {
        RequiresRoot.Check();
        using var mount = GuardedMount.Create("tmpfs");
        string file = mount.Write("file", "content");
        using var source = new FanotifyAuthSource(FanotifyProbe.Probe(), TimeProvider.System);
        int elsewhere = 0;
        source.CloseElsewhere = handle =>
        {
            handle.Dispose();
            Interlocked.Increment(ref elsewhere);
        };
        bool stop = false;
        var reactor = new Thread(() => Answer(source, isKept, ref stop)) { IsBackground = true };
        Assert.Equal(0, source.Guard(mount.Path));
        reactor.Start();

        Assert.Equal(0, TestProcess.Run("cat", file).ExitCode);
        Assert.Equal(0, Volatile.Read(ref elsewhere));
        Assert.Equal("content", TestProcess.Run("/bin/sh", "-c", $"exec 3<{file}; rm {file}; cat /proc/self/fd/3").Output);
        BrokerUnderTest.Eventually(() => Volatile.Read(ref elsewhere) != 0, "the descriptor is closed elsewhere");

        Volatile.Write(ref stop, true);
        Assert.True(reactor.Join(TimeSpan.FromSeconds(20)));
    }

    private static void Answer(FanotifyAuthSource source, bool isKept, ref bool stop)
    {
        var events = new AuthEvent[64];
        while (!Volatile.Read(ref stop))
        {
            foreach (ref readonly var e in events.AsSpan(0, source.Read(events)))
            {
                source.TryGetFacts(e.Handle, out _);
                source.Respond(e.Handle, Verdict.Allow);
                if (isKept) source.ReleaseKept(e.Handle);
                else source.Release(e.Handle);
            }
            Task.Delay(1).GetAwaiter().GetResult();
        }
    }
}
