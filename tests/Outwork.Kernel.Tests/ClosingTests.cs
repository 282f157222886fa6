using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Kernel.Tests;

/// <summary>What takes long to close is closed where nobody waits for it.</summary>
public sealed class ClosingTests
{
    private static readonly List<Socket> Kept = [];

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

    [Fact]
    public void What_a_product_sent_into_its_session_holds_up_no_verdict_when_it_is_closed()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var session = broker.OpenSocket("lingering");
        BrokerUnderTest.Eventually(() => broker.Status().Products.Any(static p => p.Name == "lingering"), "the session");
        using (var slow = Lingering(((IPEndPoint)server.LocalEndpoint).Port))
        using (var renewal = new SessionRenewal(session))
        {
            Assert.True(renewal.Send(slow));
        }

        // The session has ended by now, and the socket in it takes half a minute to close.
        BrokerUnderTest.Eventually(() => broker.Status().Products.All(static p => p.Name != "lingering" || p.State == "absent"), "the end of the session");
        Assert.Equal(0UL, broker.Counter("failure.reactor-stalled"));
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

    // A socket whose last close waits, since its peer takes nothing (socket(7), SO_LINGER).
    private static SafeFileHandle Lingering(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);
        client.LingerState = new LingerOption(enable: true, seconds: 30);
        client.SendTimeout = 200;
        byte[] block = new byte[256 * 1024];
        try
        {
            while (true) client.Send(block);
        }
        catch (SocketException full)
        {
            Assert.True(full.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock, full.Message);
        }
        var handle = new SafeFileHandle(client.SafeHandle.DangerousGetHandle(), ownsHandle: true);
        // Not disposed, nor finalized: Socket would see to it that its close does not wait.
        client.SafeHandle.SetHandleAsInvalid();
        Kept.Add(client);
        return handle;
    }
}
