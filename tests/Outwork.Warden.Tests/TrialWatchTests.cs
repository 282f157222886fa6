using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Observation;
using Outwork.Warden.Supervision;

namespace Outwork.Warden.Tests;

/// <summary>The warden starts the trial when the agent asks, with what it needs and no more, and ends what a trial leaves.</summary>
public sealed class TrialWatchTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private const string Ask = "echo question >&$OUTWORK_TRIAL_FD\nexec sleep 1000";

    [Fact]
    public void Trial_is_started_when_the_agent_asks_and_is_told_to_the_broker()
    {
        using var run = new WardenRun();
        run.WriteScript("outwork-agent", Ask);
        run.WriteScript("outwork-trial", "read line <&$OUTWORK_TRIAL_FD\necho \"arguments $*\"\necho \"asked $line $(cat /proc/self/oom_score_adj) $(grep CapEff /proc/self/status)\"\nexec sleep 1000");
        run.Start();

        Match told = run.WaitForError(@"trial: asked question 500 CapEff:\s+([0-9a-f]+)");
        ulong held = ulong.Parse(told.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Assert.Equal(0UL, held & ~ReducedRoot.ConfiningCapabilities);
        int pid = run.ProcessId("trial");
        Assert.Contains($"ProcessStartedCommand {{ Role = Trial, Name = trial, ProcessId = {pid}", run.Errors, StringComparison.Ordinal);
        Assert.Matches($"trial: arguments --launcher .*--product execguard --program {Regex.Escape(run.Programs)}/outwork-execguard --user ", run.Errors);

        run.Stop();
        run.AssertNothingIsLeft();
    }

    [Fact]
    public void What_a_killed_trial_leaves_is_ended_and_another_one_may_come()
    {
        using var run = new WardenRun();
        run.WriteScript("outwork-agent", "echo one >&$OUTWORK_TRIAL_FD\nsleep 1\necho two >&$OUTWORK_TRIAL_FD\nexec sleep 1000");
        run.WriteScript("outwork-trial", "read line <&$OUTWORK_TRIAL_FD\nsetsid sleep 1000 &\necho \"left $! $line\"\nkill -9 $$");
        run.Start();

        int left = int.Parse(run.WaitForError(@"trial: left (\d+) one").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        run.WaitForError("the trial ended by signal 9");
        run.WaitFor(() => !WardenRun.IsRunning(left), "the end of what the trial left");
        run.WaitForError(@"trial: left \d+ two");

        run.Stop();
        run.AssertNothingIsLeft();
    }

    [Fact]
    public void Nobody_asks_and_nothing_is_started()
    {
        using var run = new WardenRun();
        run.WriteScript("outwork-trial", "echo started");
        run.WriteScript("outwork-agent", "eval \"exec $OUTWORK_TRIAL_FD>&-\"\necho closed\nexec sleep 1000");
        run.Start();
        run.WaitForError("agent: closed");
        new DescriptorPoll().Wait(TimeSpan.FromMilliseconds(500));

        Assert.DoesNotContain("Role = Trial", run.Errors, StringComparison.Ordinal);
        run.Stop();
    }

    [Fact]
    public void Real_trial_refuses_the_content_of_July_19_while_the_product_in_force_goes_on()
    {
        using var run = new WardenRun();
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "template-guard*"))
            File.Copy(file, Path.Join(run.Programs, Path.GetFileName(file)));
        string packages = Path.Join(run.State, "packages", "template-guard");
        Put("good", Path.Join(packages, "a"));
        Put("july19", Path.Join(packages, "b"));
        _ = File.CreateSymbolicLink(Path.Join(packages, "current"), "a");
        File.WriteAllText(
            Path.Join(run.Programs, "request"),
            """{"type":"trial","id":1,"product":"template-guard","slot":"b","limits":{"questions":100,"liveSeconds":0,"replaySeconds":60,"deadlineMilliseconds":20000,"startSeconds":60}}""" + "\n{\"type\":\"replay\"}\n");
        run.WriteScript("outwork-agent", "cat $(dirname $0)/request >&$OUTWORK_TRIAL_FD\nexec cat <&$OUTWORK_TRIAL_FD");
        run.Start(arguments: ["--product", $"template-guard={run.Programs}/template-guard"]);

        Match result = run.WaitForError("agent: .*\"type\":\"result\".*");
        Assert.True(result.Value.Contains("\"code\":\"trial-crashed\",\"what\":\"The product ended by signal 11 (SIGSEGV) after 0 answers", StringComparison.Ordinal), run.Errors);
        run.WaitForError("ProcessEndedCommand");
        Assert.DoesNotContain("template-guard ended", run.Errors, StringComparison.Ordinal);

        run.Stop();
        run.AssertNothingIsLeft();
    }

    [Fact]
    public void Request_that_waits_for_a_broker_wakes_nobody_until_there_is_one()
    {
        var child = new SupervisedChild(ProcessRole.Trial, "trial", user: 0, product: null, TimeProvider.System);
        using var observer = new ProductObserver(TimeProvider.System);
        var watch = new TrialWatch(child, [], launcher: null!, programs: null!, state: null!, observer, TimeProvider.System);
        using (var agent = new NetworkStream(InheritedSockets.Own(watch.Renew()), ownsSocket: true))
        {
            agent.WriteByte((byte)'x');
            Assert.True(Waits(watch, hasBroker: false) >= Pause);
            Assert.True(Waits(watch, hasBroker: true) < Pause);
        }
    }

    private static TimeSpan Waits(TrialWatch watch, bool hasBroker)
    {
        var poll = new DescriptorPoll();
        watch.AddTo(poll, hasBroker);
        long started = Stopwatch.GetTimestamp();
        poll.Wait(Pause);
        return Stopwatch.GetElapsedTime(started);
    }

    private static void Put(string content, string slot)
    {
        _ = Directory.CreateDirectory(slot);
        File.Copy(Path.Join(AppContext.BaseDirectory, "contents", content, "template.json"), Path.Join(slot, "template.json"));
    }
}
