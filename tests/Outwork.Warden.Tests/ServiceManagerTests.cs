using System.Diagnostics;
using System.Globalization;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Tests.Support;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>What the real warden tells a service manager that started it, and when it falls silent.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    // With a limit of 2 s a sign of life comes every half second.
    private const int LimitMilliseconds = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WardenRun _run = new();
    private readonly NotifySocket _manager;

    public ServiceManagerTests()
    {
        _manager = new NotifySocket(Path.Join(_run.Root, "notify"));
        _run.Variables.Add(new("NOTIFY_SOCKET", _manager.Address));
        _run.Variables.Add(new("WATCHDOG_USEC", (LimitMilliseconds * 1000L).ToString(CultureInfo.InvariantCulture)));
    }

    public void Dispose()
    {
        _run.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Ready_is_told_with_protection_and_not_before()
    {
        _run.SetBrokerBehaviour("never");
        _run.Start(waitForProtection: false);
        _run.WaitForError("the broker .*; protection is off; starting it again in 200 ms");
        Assert.DoesNotContain(_manager.Drain(), IsReady);

        _run.SetBrokerBehaviour("");
        string ready = WaitFor(IsReady);
        _run.WaitFor(() => _run.Output.Contains("protection is on", StringComparison.Ordinal), "the line, which another thread writes");
        Assert.Equal($"READY=1\nSTATUS=guarding {_run.Root}, exec and open judged, product execguard", ready);
    }

    [Fact]
    public void Loss_and_return_of_the_broker_and_the_stop_are_told()
    {
        LaunchedProcess warden = _run.Start();
        WaitFor(IsReady);
        Kill(_run.ProcessId("broker"));
        Assert.Matches("^STATUS=the broker .*ended by signal 9; protection is off; starting it again in 100 ms$", WaitFor(IsStatus));
        Assert.StartsWith("STATUS=guarding ", WaitFor(IsStatus), StringComparison.Ordinal);
        warden.RequestEnd();
        Assert.Equal("STOPPING=1\nSTATUS=stopping: nothing is guarded any more", WaitFor(static message => message.StartsWith("STOPPING", StringComparison.Ordinal)));
        Assert.Equal(new ProcessExit(0, 0), warden.WaitForExit(Patience));
    }

    [Fact]
    public void Machine_that_is_left_open_is_told_and_the_service_goes_on()
    {
        _run.SetBrokerBehaviour("never");
        LaunchedProcess warden = _run.Start(waitForProtection: false);
        string open = WaitFor(static message => message.Contains("PROTECTION IS OFF", StringComparison.Ordinal));
        Assert.Matches("^STATUS=the broker .*, 5 times within 60 s\\. PROTECTION IS OFF, and nothing is refused\\. Trying again in 1 min\\.$", open);
        Assert.Null(warden.TryGetExit());
    }

    [Fact]
    public void Signs_of_life_go_on_while_nothing_happens()
    {
        _run.Start();
        WaitFor(IsReady);
        Assert.InRange(SignsOfLife(TimeSpan.FromMilliseconds(2 * LimitMilliseconds)), 5, 16);
    }

    [Fact]
    public void Signs_of_life_cease_with_the_thread_that_supervises()
    {
        LaunchedProcess warden = _run.Start();
        AssertSilentWhileHeld(warden.ProcessId, thread: null);
    }

    [Fact]
    public void Signs_of_life_cease_with_the_thread_that_watches_the_broker()
    {
        LaunchedProcess warden = _run.Start();
        AssertSilentWhileHeld(warden.ProcessId, "broker-watch");
    }

    [Fact]
    public void Watchdog_of_another_process_is_not_served()
    {
        _run.Variables.Add(new("WATCHDOG_PID", "1"));
        _run.Start();
        WaitFor(IsReady);
        Assert.Equal(0, SignsOfLife(TimeSpan.FromMilliseconds(LimitMilliseconds)));
    }

    [Fact]
    public void Manager_that_cannot_be_reached_is_told_of_and_protection_is_on()
    {
        _run.Variables[0] = new("NOTIFY_SOCKET", "/nowhere/at/all");
        _run.Start();
        _run.WaitForError("the service manager is not told anything: NOTIFY_SOCKET=/nowhere/at/all: No such file or directory");
    }

    [Fact]
    public void Own_processes_do_not_hear_of_the_manager()
    {
        _run.WriteScript("outwork-agent", "env >&2; echo end of environment >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError("^agent: end of environment$");
        Assert.DoesNotContain("NOTIFY_SOCKET", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("WATCHDOG", _run.Errors, StringComparison.Ordinal);
    }

    private static bool IsStatus(string message) => message.StartsWith("STATUS=", StringComparison.Ordinal);

    private static bool IsReady(string message) => message.StartsWith("READY=1\n", StringComparison.Ordinal);

    private void AssertSilentWhileHeld(int warden, string? thread)
    {
        WaitFor(IsReady);
        Assert.NotEqual(0, SignsOfLife(TimeSpan.FromMilliseconds(LimitMilliseconds)));
        using (Process holder = _run.HoldThread(warden, thread))
        {
            // One may be on its way.
            _ = SignsOfLife(TimeSpan.FromMilliseconds(LimitMilliseconds / 2));
            Assert.Equal(0, SignsOfLife(TimeSpan.FromMilliseconds(LimitMilliseconds)));
            holder.StandardInput.Close();
            Assert.True(holder.WaitForExit(Patience));
        }

        Assert.NotEqual(0, SignsOfLife(TimeSpan.FromMilliseconds(2 * LimitMilliseconds)));
    }

    private int SignsOfLife(TimeSpan time)
    {
        _ = _manager.Drain();
        var watch = Stopwatch.StartNew();
        int count = 0;
        for (TimeSpan left = time; left > TimeSpan.Zero; left = time - watch.Elapsed)
            count += _manager.Receive(left) == "WATCHDOG=1" ? 1 : 0;
        return count;
    }

    private string WaitFor(Predicate<string> wanted)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience)
        {
            if (_manager.Receive(Patience - watch.Elapsed) is { } message && wanted(message))
                return message;
        }

        Assert.Fail($"not told in time.\nerrors:\n{_run.Errors}");
        return "";
    }

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }
}
