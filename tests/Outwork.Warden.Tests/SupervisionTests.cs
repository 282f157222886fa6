using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Linux.Tests.Support;
using Outwork.Platform.Processes;
using Outwork.Warden.Supervision;

namespace Outwork.Warden.Tests;

/// <summary>What the warden does when processes end, with real processes.</summary>
public sealed class SupervisionTests : IDisposable
{
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Every_own_process_is_announced_with_its_handle_before_its_session()
    {
        _run.Start();
        bool isTold = SystemCallFilter.CanNotify;
        _run.WaitForError(isTold ? "ProductCallsCommand" : "ProductSessionCommand");
        string[] expected =
        [
            "Configure", "VerdictMemory", "ProcessStarted", "ProcessStarted", "ProcessSpawning", "ProcessStarted", "AgentSession", "AgentControl",
            "ProcessSpawning", "ProcessStarted", "ProductSession", .. isTold ? ["ProductCalls"] : (string[])[],
        ];
        string[] told = [.. _run.Errors.Split('\n').Where(line => line.StartsWith("told ", StringComparison.Ordinal))];
        Assert.Equal(expected, told.Select(line => line.Split(' ')[1].Replace("Command", "", StringComparison.Ordinal)));
        Assert.All(told.Where(line => line.Contains("ProcessStarted", StringComparison.Ordinal) || line.Contains("Session", StringComparison.Ordinal) || line.Contains("Calls", StringComparison.Ordinal)),
            line => Assert.EndsWith("descriptor True", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Protection_is_told_in_exactly_one_line()
    {
        _run.Start();
        Assert.Matches(
            @"^Outwork protection is on: guarding /tmp/\S+, exec and open judged, product execguard, after \d+\.\d s\. Stop with Ctrl-C\.\n$",
            _run.Output);
    }

    [Fact]
    public void Product_that_is_killed_is_started_again_with_a_new_session()
    {
        _run.Start();
        int first = _run.ProcessId("execguard");
        Kill(first);
        int second = _run.ProcessId("execguard", occurrence: 2);
        Assert.NotEqual(first, second);
        _run.WaitForError($"ProcessEndedCommand {{ ProcessId = {first} }}");
        _run.WaitForError("ProductDownCommand { Name = execguard, IsFinal = False, Reason = ended by signal 9 }");
        _run.WaitForError($"Name = execguard, ProcessId = {second}, UserId = \\d+, Restarts = 1 }}");
        _run.WaitForError($"ProductSessionCommand {{ Name = execguard, ProcessId = {second} }} descriptor True");
        _run.WaitForError("execguard ended by signal 9; starting it again in 100 ms");
    }

    [Fact]
    public void Product_that_lives_on_after_the_end_of_its_session_is_started_again()
    {
        _run.SetBrokerBehaviour("drop");
        // It can take a new session when the broker goes, but the broker does not go.
        _run.WriteScript("outwork-execguard", "printf 'OWN1\\001\\000\\000\\000' >&$OUTWORK_RENEWAL_FD; exec sleep 1000");
        _run.Start();
        int first = _run.ProcessId("execguard");

        int second = _run.ProcessId("execguard", occurrence: 2);

        Assert.NotEqual(first, second);
        _run.WaitForError("execguard ended by signal 9; starting it again in 100 ms");
        _run.WaitForError($"ProductSessionCommand {{ Name = execguard, ProcessId = {second} }} descriptor True");
    }

    [Fact]
    public void Product_that_keeps_ending_is_started_ever_later()
    {
        _run.WriteScript("outwork-execguard", "exit 3");
        _run.Start();
        foreach (int wait in (int[])[100, 200, 400, 800])
            _run.WaitForError($"execguard ended with code 3; starting it again in {wait} ms");
    }

    [Fact]
    public void Nobody_who_does_not_read_the_wardens_output_keeps_it_from_its_work()
    {
        LogPipe pipe = LogPipe.Create();
        using SafeFileHandle reader = pipe.Reader;
        using SafeFileHandle writer = pipe.Writer;
        // All that a pipe holds (pipe(7)): the next byte waits for a reader.
        Assert.True(StandardStreams.TryWrite(writer, new byte[64 * 1024]));
        LaunchedProcess started = _run.Start(waitForProtection: false, parent: null, standardOutput: writer);
        _run.WaitForError("ProductSessionCommand");
        int product = _run.ProcessId("execguard");
        Kill(product);
        Assert.NotEqual(product, _run.ProcessId("execguard", 2));
        started.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), started.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Product_that_waits_to_be_started_goes_on_waiting_when_the_broker_is_killed()
    {
        _run.WriteScript("outwork-execguard", "exit 3");
        _run.Start();
        _run.WaitForError("execguard ended with code 3; starting it again in 3200 ms");
        Kill(_run.ProcessId("broker"));
        _run.WaitForError("protection is on again");
        _run.WaitForError("execguard ended with code 3; starting it again in 5000 ms");

        // Six ends that it saw, and the seventh start.
        _run.WaitForError("Name = execguard, ProcessId = \\d+, UserId = \\d+, Restarts = 6 }", occurrence: 1);
        Assert.DoesNotContain("Restarts = 7 }", _run.Errors.Split("starting it again in 5000 ms")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_that_is_killed_gets_the_control_socket_again()
    {
        _run.WriteScript("outwork-agent", "readlink /proc/self/fd/$OUTWORK_LISTEN_FD >&2; exec sleep 1000");
        _run.Start();
        string first = _run.WaitForError(@"^agent: socket:\[\d+\]$").Value;
        Kill(_run.ProcessId("agent"));
        Assert.Equal(first, _run.WaitForError(@"^agent: socket:\[\d+\]$", occurrence: 2).Value);
    }

    [Fact]
    public void Broker_that_is_killed_comes_back_with_everything()
    {
        _run.Start();
        _run.WaitForError("ProductSessionCommand");
        int[] before = [_run.ProcessId("broker"), _run.ProcessId("agent"), _run.ProcessId("execguard")];
        Kill(before[0]);
        int[] after = [_run.ProcessId("broker", 2), _run.ProcessId("agent", 2), _run.ProcessId("execguard", 2)];
        Assert.Empty(before.Intersect(after));
        Assert.All(before, pid => Assert.False(WardenRun.IsRunning(pid)));
        _run.WaitForError("protection is on again");
    }

    [Fact]
    public void Product_that_can_take_a_new_session_goes_on_when_the_broker_is_killed()
    {
        // The offer: "OWN1" and version 1, as a product's host sends it.
        _run.WriteScript("outwork-execguard", "printf 'OWN1\\001\\000\\000\\000' >&$OUTWORK_RENEWAL_OFFER_FD; echo offered >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError("^execguard: offered$");
        int product = _run.ProcessId("execguard");
        Kill(_run.ProcessId("broker"));
        _run.WaitForError("protection is on again");

        Assert.Equal(product, _run.ProcessId("execguard", 2));
        Assert.True(WardenRun.IsRunning(product));
        _run.WaitForError($"told ProductSessionCommand {{ Name = execguard, ProcessId = {product} }} descriptor True", occurrence: 2);

        // It is still watched, and started like any other when it ends.
        Kill(product);
        Assert.NotEqual(product, _run.ProcessId("execguard", 3));
    }

    [Fact]
    public void Product_whose_first_words_are_no_offer_is_started_anew_with_the_broker_and_keeps_nobody_busy()
    {
        // Written as fast as it is read; the offer among it comes too late.
        _run.WriteScript("outwork-execguard", "(while :; do printf 'OWN0\\001\\000\\000\\000OWN1\\001\\000\\000\\000'; done) >&$OUTWORK_RENEWAL_OFFER_FD 2>/dev/null & echo offered >&2; exec sleep 1000");
        _run.Start();
        _run.WaitForError("^execguard: offered$");
        int product = _run.ProcessId("execguard");
        Kill(_run.ProcessId("broker"));
        Assert.NotEqual(product, _run.ProcessId("execguard", 2));
        _run.WaitForError("protection is on again");
    }

    [Fact]
    public void Product_can_send_nothing_to_broker_or_warden_over_their_sockets()
    {
        _run.WriteScript(
            "outwork-execguard",
            "(printf x >&$OUTWORK_SESSION_FD) 2>/dev/null; echo session $? >&2; (printf x >&$OUTWORK_RENEWAL_FD) 2>/dev/null; echo renewal $? >&2; exec sleep 1000");
        _run.Start();

        // SIGPIPE, or the shell's own failure where it ignores that.
        _run.WaitForError("^execguard: session (141|1|2)$");
        _run.WaitForError("^execguard: renewal (141|1|2)$");
    }

    [Fact]
    public void Every_broker_gets_the_same_memory_of_verdicts()
    {
        _run.Start();
        Kill(_run.ProcessId("broker"));
        _run.WaitForError("protection is on again");
        _run.WaitForError("told VerdictMemoryCommand { } descriptor True", occurrence: 2);
        _run.WaitForError("^memory 1$");
        _run.WaitForError("^memory 2$");
    }

    [Fact]
    public void Broker_that_dies_five_times_leaves_the_machine_open_and_says_when_it_is_tried_again()
    {
        _run.SetBrokerBehaviour("die");
        LaunchedProcess warden = _run.Start(waitForProtection: false);
        _run.WaitForError("PROTECTION IS OFF, and nothing is refused. Trying again in 1 min.");
        Assert.Null(warden.TryGetExit());
        warden.RequestEnd();
        Assert.Equal(new ProcessExit(ExitCode.Success, 0), warden.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Broker_that_is_stopped_is_ended_and_replaced()
    {
        _run.Start();
        int first = _run.ProcessId("broker");
        _run.WaitForError("ProductSessionCommand");
        long began = Environment.TickCount64;
        TestSignal(first, "-STOP");
        int second = _run.ProcessId("broker", 2);
        _run.WaitForError("the broker made no progress for 2 s and was ended");
        _run.WaitForError("protection is on again");
        Assert.InRange(Environment.TickCount64 - began, 1_500, 5_000);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Warden_that_is_paused_together_with_its_broker_does_not_take_it_for_a_stall()
    {
        LaunchedProcess warden = _run.Start();
        int broker = _run.ProcessId("broker");
        TestSignal(warden.ProcessId, "-STOP");
        TestSignal(broker, "-STOP");
        new DescriptorPause(BrokerWatch.Period * (BrokerWatch.StallLooks + 4)).Wait();
        TestSignal(broker, "-CONT");
        TestSignal(warden.ProcessId, "-CONT");
        // The warden acts again; a stall would have been found before.
        Kill(_run.ProcessId("agent"));
        _ = _run.ProcessId("agent", 2);
        Assert.True(WardenRun.IsRunning(broker));
        Assert.DoesNotContain("made no progress", _run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keeper_ends_a_warden_that_is_stuck_and_starts_another(bool onlyTheThreadThatWatches)
    {
        _run.Wrapper = [Path.Join(_run.Programs, "outwork-warden"), "keep"];
        _run.Start();
        int first = _run.ProcessId("warden");
        _run.WaitForError("ProductSessionCommand");
        long began = Environment.TickCount64;
        using Process? holder = onlyTheThreadThatWatches ? _run.HoldThread(first, "broker-watch") : null;
        if (holder is null)
            TestSignal(first, "-STOP");
        _run.WaitForError("^outwork-warden: the warden was stuck for 10 s and is ended$");
        Assert.InRange(Environment.TickCount64 - began, 7_000, 16_000);
        int second = _run.ProcessId("warden", 2);
        Assert.NotEqual(first, second);
        _run.WaitFor(() => Regex.Count(_run.Output, "^Outwork protection is on", RegexOptions.Multiline) == 2, "protection again");
        Assert.True(WardenRun.IsRunning(second));
        holder?.StandardInput.Close();
        _run.Warden!.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), _run.Warden.WaitForExit(TimeSpan.FromSeconds(20)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Broker_that_never_judged_is_given_up_loudly()
    {
        _run.SetBrokerBehaviour("never");
        LaunchedProcess warden = _run.Start(waitForProtection: false);
        Assert.Equal(new ProcessExit(ExitCode.GaveUp, 0), warden.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Contains("PROTECTION IS OFF. Giving up.", _run.Errors, StringComparison.Ordinal);
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void What_a_product_leaves_behind_is_ended()
    {
        // The inner process leaves the session and loses its parent: a daemon.
        _run.WriteScript("outwork-execguard", "setsid sh -c 'echo orphan $$ >&2; exec sleep 1000' & sleep 0.5; exit 0");
        _run.Start();
        int orphan = int.Parse(_run.WaitForError("^execguard: orphan (\\d+)$").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        _run.WaitFor(() => !WardenRun.IsRunning(orphan), "the orphan's end");
    }

    [Fact]
    public void What_a_living_product_left_and_has_ended_is_reaped()
    {
        _run.WriteScript("outwork-execguard", "for i in 1 2 3; do (sleep 1 &); done; echo left >&2; exec sleep 1000");
        LaunchedProcess warden = _run.Start();
        _run.WaitForError("^execguard: left$");
        _run.WaitFor(() => Zombies(warden.ProcessId) == 3, "the end of what it left");
        _run.WaitFor(() => Zombies(warden.ProcessId) == 0, "somebody to take note of that");
        Assert.True(WardenRun.IsRunning(_run.ProcessId("execguard")));
    }

    [Fact]
    public void Stop_ends_everything_and_leaves_nothing()
    {
        LaunchedProcess warden = _run.Start();
        _run.WaitForError("ProductSessionCommand");
        warden.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), warden.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Stop_ends_a_broker_that_does_not_stop_and_an_agent_that_does_not_listen()
    {
        _run.SetBrokerBehaviour("hang");
        _run.WriteScript("outwork-agent", "trap '' TERM; while :; do sleep 1; done");
        LaunchedProcess warden = _run.Start();
        var watch = Stopwatch.StartNew();
        warden.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), warden.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 10);
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Warden_that_is_killed_leaves_no_process()
    {
        LaunchedProcess warden = _run.Start();
        int[] processes = [_run.ProcessId("broker"), _run.ProcessId("agent"), _run.ProcessId("execguard")];
        warden.Kill();
        _ = warden.WaitForExit(TimeSpan.FromSeconds(5));
        _run.WaitFor(() => !processes.Any(WardenRun.IsRunning), "the others' end with the warden");
    }

    [Fact]
    public void Broker_that_stands_still_ends_with_a_warden_that_is_killed()
    {
        LaunchedProcess warden = _run.Start();
        int broker = _run.ProcessId("broker");
        _run.WaitForError("ProductSessionCommand");
        TestSignal(broker, "-STOP");
        warden.Kill();
        _ = warden.WaitForExit(TimeSpan.FromSeconds(5));
        _run.WaitFor(() => !WardenRun.IsRunning(broker), "the broker's end");
    }

    [Fact]
    public void Keeper_that_stops_after_its_warden_was_killed_leaves_nothing()
    {
        // The process that leaves its session and its parent does not end with the warden by itself.
        _run.WriteScript("outwork-execguard", "setsid sh -c 'echo orphan $$ >&2; exec sleep 1000' & exec sleep 1000");
        LaunchedProcess keeper = _run.StartKeeper();
        _ = _run.WaitForError("^execguard: orphan (\\d+)$");
        TestSignal(keeper.ProcessId, "-STOP");
        int warden = _run.ProcessId("warden");
        Kill(warden);
        _run.WaitFor(() => !WardenRun.IsRunning(warden), "the warden's end");
        keeper.RequestEnd();
        TestSignal(keeper.ProcessId, "-CONT");
        Assert.Equal(new ProcessExit(0, 0), keeper.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void What_the_agent_of_a_killed_warden_left_is_ended_by_the_next()
    {
        _run.WriteScript("outwork-agent", "setsid sh -c 'echo orphan $$ >&2; exec sleep 1000' & exec sleep 1000");
        LaunchedProcess first = _run.Start();
        int orphan = int.Parse(_run.WaitForError("^agent: orphan (\\d+)$").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.Contains($"/{ControlGroups.FolderOf(_run.RunDirectory)}/agent", File.ReadAllText($"/proc/{orphan}/cgroup"), StringComparison.Ordinal);
        first.Kill();
        _ = first.WaitForExit(TimeSpan.FromSeconds(5));
        Assert.True(WardenRun.IsRunning(orphan));
        using LaunchedProcess second = _run.Start(waitForProtection: false);
        WaitForProtectionAgain();
        Assert.False(WardenRun.IsRunning(orphan));
        second.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), second.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Second_instance_is_refused_and_the_first_goes_on()
    {
        LaunchedProcess first = _run.Start();
        using LaunchedProcess second = _run.Start(waitForProtection: false);
        Assert.Equal(new ProcessExit(ExitCode.AlreadyRuns, 0), second.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.WaitForError($"Outwork already runs here \\(warden pid {first.ProcessId}\\)\\. See: outwork status");
        Assert.Null(first.TryGetExit());
        Assert.True(File.Exists(Path.Join(_run.RunDirectory, "control.sock")));
    }

    [Fact]
    public void Start_right_after_the_warden_was_killed_succeeds()
    {
        LaunchedProcess first = _run.Start();
        first.Kill();
        _ = first.WaitForExit(TimeSpan.FromSeconds(5));
        using LaunchedProcess second = _run.Start(waitForProtection: false);
        _run.WaitFor(() => _run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2, "protection again");
        second.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), second.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Parent_that_dies_takes_the_warden_with_it()
    {
        SocketPair pipe = SocketPair.CreateStream();
        using (pipe.Second)
        {
            _run.Start(parent: pipe.Second, arguments: ["--parent-fd", "3"]);
        }

        pipe.First.Dispose();
        Assert.Equal(new ProcessExit(0, 0), _run.Warden!.WaitForExit(TimeSpan.FromSeconds(10)));
        _run.AssertNothingIsLeft();
    }

    [Fact]
    public void Warden_stays_small()
    {
        LaunchedProcess warden = _run.Start();
        _run.WaitForError("ProductSessionCommand");
        string resident = File.ReadLines($"/proc/{warden.ProcessId}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        int kilobytes = int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        Assert.InRange(kilobytes, 1, 45 * 1000);
    }

    [Fact]
    public void Warden_knows_its_child_by_parent_and_user()
    {
        LaunchedProcess warden = _run.Start();
        using var parentage = new ProcessParentage();
        Assert.True(parentage.IsRootChildOf(_run.ProcessId("broker"), warden.ProcessId));
        _run.WaitFor(() => !parentage.IsRootChildOf(_run.ProcessId("execguard"), warden.ProcessId), "the product's other user");
        Assert.False(parentage.IsRootChildOf(_run.ProcessId("broker"), 1));
        Assert.False(parentage.IsRootChildOf(0x3fffff, warden.ProcessId));
    }

    [Fact]
    public void Keeper_tries_again_when_a_later_warden_finds_the_lock_taken()
    {
        LaunchedProcess keeper = _run.StartKeeper();
        int[] first = [_run.ProcessId("warden"), _run.ProcessId("broker")];
        TestSignal(keeper.ProcessId, "-STOP");
        Kill(first[0]);
        _run.WaitFor(() => !first.Any(WardenRun.IsRunning), "the first warden's end");
        // The last thread of the broker lets go of it.
        InstanceLock? taken = null;
        _run.WaitFor(() => (taken = InstanceLock.TryTake(Path.Join(_run.RunDirectory, "lock"))) is not null, "the lock");
        using (taken)
        {
            TestSignal(keeper.ProcessId, "-CONT");
            _run.WaitForError($"the warden ended with code {ExitCode.AlreadyRuns}; protection is off; starting it again in");
        }

        WaitForProtectionAgain();
    }

    [Fact]
    public void Keeper_starts_the_warden_again_when_it_failed_after_it_had_guarded()
    {
        _run.StartKeeper();
        int warden = _run.ProcessId("warden");
        Assert.Equal(0, TestProcess.Run("prlimit", "--pid", $"{warden}", "--nofile=8").ExitCode);
        Kill(_run.ProcessId("agent"));
        _run.WaitForError($"the warden ended with code {ExitCode.ProtectionLost}; protection is off; starting it again in");
        WaitForProtectionAgain();
    }

    [Fact]
    public void Keeper_tries_again_when_a_later_wardens_broker_never_judges()
    {
        _run.StartKeeper();
        _run.SetBrokerBehaviour("never");
        Kill(_run.ProcessId("warden"));
        _run.WaitForError($"the warden ended with code {ExitCode.GaveUp}; protection is off; starting it again in");
        _run.SetBrokerBehaviour("");
        WaitForProtectionAgain();
    }

    [Fact]
    public void Keeper_passes_on_why_the_first_warden_gave_up()
    {
        _run.SetBrokerBehaviour("never");
        LaunchedProcess keeper = _run.StartKeeper(waitForProtection: false);
        Assert.Equal(new ProcessExit(ExitCode.GaveUp, 0), keeper.WaitForExit(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Number_of_a_thread_is_no_process()
    {
        int thread = Directory.EnumerateDirectories("/proc/self/task")
            .Select(static folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)).First(static id => id != Environment.ProcessId);
        Assert.True(Directory.Exists($"/proc/{thread}"));
        Assert.False(PidDescriptor.IsProcess(thread));
        Assert.True(PidDescriptor.IsProcess(Environment.ProcessId));
    }

    private static int Zombies(int parent) =>
        TestProcess.Run("ps", "--ppid", $"{parent}", "-o", "stat=").Output.Split('\n').Count(static state => state.StartsWith('Z'));

    private void WaitForProtectionAgain() =>
        _run.WaitFor(() => _run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2, "protection again");

    private static void TestSignal(int pid, string signal)
    {
        using LaunchedProcess kill = new LinuxProcessLauncher().Start(
            new ProcessSpec { Program = "/bin/kill", Arguments = [signal, pid.ToString(CultureInfo.InvariantCulture)] }).Process!;
        Assert.Equal(new ProcessExit(0, 0), kill.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    private static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }
}
