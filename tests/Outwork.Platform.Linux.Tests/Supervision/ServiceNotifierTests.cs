using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Supervision;

/// <summary>What reaches the service manager, over real sockets.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_arrive_at_a_path_and_at_an_abstract_name(bool isAbstract)
    {
        using var manager = new NotifySocket(isAbstract ? "@" + Path.GetFileName(_directory.Path) : _directory["notify"]);
        using ServiceNotifier notifier = Connect(manager.Address);
        Assert.True(notifier.TellStatus("starting"));
        Assert.True(notifier.TellReady("guarding /srv"));
        Assert.True(notifier.TellAlive());
        Assert.True(notifier.TellStopping("stopping"));
        Assert.Equal("STATUS=starting", manager.Receive(Patience));
        Assert.Equal("READY=1\nSTATUS=guarding /srv", manager.Receive(Patience));
        Assert.Equal("WATCHDOG=1", manager.Receive(Patience));
        Assert.Equal("STOPPING=1\nSTATUS=stopping", manager.Receive(Patience));
        Assert.Null(manager.Receive(TimeSpan.Zero));
    }

    [Fact]
    public void Line_break_in_a_status_assigns_nothing_else()
    {
        using var manager = new NotifySocket(_directory["notify"]);
        using ServiceNotifier notifier = Connect(manager.Address);
        Assert.True(notifier.TellStatus("failed\nMAINPID=1\r\nREADY=1"));
        Assert.Equal("STATUS=failed MAINPID=1 READY=1", manager.Receive(Patience));
    }

    [Fact]
    public void Abstract_name_that_only_begins_like_the_managers_is_another()
    {
        string name = "@" + Path.GetFileName(_directory.Path);
        using var manager = new NotifySocket(name + "-longer");
        Assert.Null(ServiceNotifier.Connect(name, null, null, out string fault));
        Assert.Equal($"NOTIFY_SOCKET={name}: Connection refused", fault);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("relative", "NOTIFY_SOCKET=relative: expected a path or '@' and a name, of at most 107 bytes")]
    [InlineData("@", "NOTIFY_SOCKET=@: expected a path or '@' and a name, of at most 107 bytes")]
    [InlineData("vsock:2:1234", "NOTIFY_SOCKET=vsock:2:1234: expected a path or '@' and a name, of at most 107 bytes")]
    [InlineData("/nowhere/at/all", "NOTIFY_SOCKET=/nowhere/at/all: No such file or directory")]
    public void Without_a_manager_there_is_nobody_to_tell(string? address, string expected)
    {
        Assert.Null(ServiceNotifier.Connect(address, null, null, out string fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Address_that_is_too_long_is_refused()
    {
        Assert.Null(ServiceNotifier.Connect("/" + new string('x', 107), null, null, out string fault));
        Assert.EndsWith("of at most 107 bytes", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Longest_address_is_taken()
    {
        using var manager = new NotifySocket("@" + Path.GetFileName(_directory.Path).PadRight(106, 'x'));
        using ServiceNotifier notifier = Connect(manager.Address);
        Assert.True(notifier.TellAlive());
        Assert.Equal("WATCHDOG=1", manager.Receive(Patience));
    }

    [Fact]
    public void Manager_that_reads_nothing_holds_nobody_up()
    {
        using var manager = new NotifySocket(_directory["notify"]);
        using ServiceNotifier notifier = Connect(manager.Address);
        int sent = 0;
        while (notifier.TellAlive())
            Assert.True(++sent < 1_000_000, "the socket takes everything");
        Assert.NotEqual(0, sent);
        Assert.Equal(sent, manager.Drain().Count);
        Assert.True(notifier.TellAlive());
    }

    [Fact]
    public void Manager_that_is_gone_is_no_error()
    {
        var manager = new NotifySocket(_directory["notify"]);
        using ServiceNotifier notifier = Connect(manager.Address);
        manager.Dispose();
        Assert.False(notifier.TellAlive());
        Assert.False(notifier.TellStatus("still here"));
    }

    [Fact]
    public void Sign_of_life_allocates_nothing()
    {
        using var manager = new NotifySocket(_directory["notify"]);
        using ServiceNotifier notifier = Connect(manager.Address);
        Assert.True(notifier.TellAlive());
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool told = notifier.TellAlive();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(told);
    }

    [Theory]
    [InlineData("10000000", null, 10.0)]
    [InlineData("10000000", "own", 10.0)]
    [InlineData("10000000", "1", null)]
    [InlineData("10000000", "", null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("ten", null, null)]
    [InlineData("18446744073709551615", null, null)]
    [InlineData("9223372036854775807", null, null)]
    [InlineData(null, null, null)]
    public void Watchdog_is_ours_when_the_manager_says_so(string? microseconds, string? process, double? seconds)
    {
        using var manager = new NotifySocket(_directory["notify"]);
        string? pid = process == "own" ? $"{Environment.ProcessId}" : process;
        using ServiceNotifier? notifier = ServiceNotifier.Connect(manager.Address, microseconds, pid, out _);
        Assert.Equal(seconds, notifier!.WatchdogLimit?.TotalSeconds);
    }

    private static ServiceNotifier Connect(string address)
    {
        ServiceNotifier? notifier = ServiceNotifier.Connect(address, null, null, out string fault);
        Assert.Equal("", fault);
        return notifier!;
    }
}
