using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;
using Outwork.Warden.Observation;

namespace Outwork.Warden.Supervision;

/// <summary>
/// Runs the broker, the agent and the products, and starts them again when they end. One thread, which must be the one that
/// lives as long as the process: the children end with the thread that started them. While files are judged it opens none but
/// in /proc.
/// </summary>
internal sealed class Supervisor(
    WardenOptions options,
    IProcessLauncher launcher,
    ChildPrograms programs,
    ChildStarter starter,
    IReadOnlyList<SupervisedChild> children,
    IReadOnlyList<ProductDownCommand> refused,
    TrialWatch trial,
    InstanceLock instanceLock,
    ProgressPage progress,
    BrokerWatch watch,
    ProductObserver observer,
    ServiceReport report,
    TimeProvider time)
{
    // What a living product left and has ended takes up one of its processes until then.
    private static readonly TimeSpan ReapPeriod = TimeSpan.FromSeconds(5);

    private readonly DescriptorPoll _poll = new();
    private readonly BrokerRestarts _restarts = new(time);
    private readonly ProcessEnding _ending = new();
    // Every broker gets the same memory, so that a new one knows what the last one decided.
    private readonly SafeFileHandle _verdicts = VerdictMemoryDescriptor.Create();
    private BrokerConnection? _broker;
    private long _brokerDue = time.GetTimestamp();
    private long _reaped = time.GetTimestamp();
    private bool _noticeGiven;
    private bool _guarding;

    /// <summary>Protection has been on.</summary>
    public bool HasGuarded => _noticeGiven;

    /// <summary>Runs until it is asked to stop or gives up; everything it started has ended when it returns.</summary>
    /// <param name="stop">Readable when it shall stop.</param>
    /// <param name="parent">Readable (at its end) when the parent has died; or null.</param>
    public int Run(SafeHandle stop, SafeHandle? parent)
    {
        try
        {
            return RunUntilStopped(stop, parent);
        }
        finally
        {
            Stop();
        }
    }

    private int RunUntilStopped(SafeHandle stop, SafeHandle? parent)
    {
        report.TellStatus("starting: protection is off");
        while (true)
        {
            report.OnTurn();
            if (_broker is null && IsDue(_brokerDue) && !StartBroker())
                return ExitCode.GaveUp;
            StartDueChildren();

            _poll.Clear();
            int stopIndex = _poll.Add(stop);
            int parentIndex = parent is null ? stopIndex : _poll.Add(parent);
            _ = _poll.Add(observer.AttemptHandle);
            AddProcesses();
            trial.AddTo(_poll, hasBroker: _broker is not null);
            _poll.Wait(Shorter(Shorter(UntilNextStart(), ReapPeriod), report.LongestPause));
            if (_poll.IsReady(stopIndex) || _poll.IsReady(parentIndex))
                return ExitCode.Success;
            foreach (SupervisedChild child in children)
                child.Renewal?.ReadOffer();
            if (!WatchBroker())
                return ExitCode.GaveUp;
            WatchSessions();
            WatchChildren();
            WatchTrial();
            ReapOrphans();
            while (observer.TryTakeAttempt(out RefusedAttemptCommand? attempt))
                _broker?.Send(attempt);
            if (_broker is { } broker)
                observer.TellCalls(isNew: false, broker.Send);
        }
    }

    private bool IsDue(long due) => time.GetTimestamp() >= due;

    private TimeSpan? UntilNextStart()
    {
        if (_broker is null)
            return Until(_brokerDue);
        TimeSpan? shortest = trial.UntilStart;
        foreach (SupervisedChild child in children)
        {
            if ((child.Process is null ? child.StartDue : child.EndDue) is { } due && (shortest is null || Until(due) < shortest))
                shortest = Until(due);
        }

        return shortest;
    }

    private static TimeSpan? Shorter(TimeSpan? first, TimeSpan? second) => second is null || first < second ? first : second;

    private TimeSpan Until(long due) => time.GetElapsedTime(time.GetTimestamp(), due);

    private void AddProcesses()
    {
        if (_broker is not null)
        {
            _ = _poll.Add(_broker.LinkHandle);
            _ = _poll.Add(_broker.Process.Handle);
        }

        foreach (SupervisedChild child in children)
        {
            if (child.Process is { } process)
                _ = _poll.Add(process.Handle);
            if (child.Renewal?.OfferHandle is { } offer)
                _ = _poll.Add(offer);
        }
    }

    private bool StartBroker()
    {
        progress.Reset();
        _broker = BrokerConnection.Start(launcher, programs, instanceLock.Handle, progress.Descriptor, out string refusal);
        if (_broker is null)
            return OnBrokerLost($"the broker could not be started: {refusal}");

        watch.Watch(_broker.Process);
        _restarts.OnStarted();
        using SafeFileHandle self = CurrentProcess.OpenSelf();
        _broker.Send(new ConfigureCommand(options.Mount));
        _broker.Send(new VerdictMemoryCommand(), _verdicts);
        _broker.Send(new ProcessStartedCommand(ProcessRole.Warden, "warden", Environment.ProcessId, 0, 0), self);
        if (options.Keeper is { } keeper && CurrentProcess.OpenParent(keeper) is { } parent)
        {
            using (parent)
                _broker.Send(new ProcessStartedCommand(ProcessRole.Keeper, "keeper", keeper, 0, 0), parent);
        }

        _broker.Send(
            new ProcessStartedCommand(ProcessRole.Broker, "broker", _broker.Process.ProcessId, 0, _restarts.Count),
            _broker.Process.Handle);
        ReconnectChildren(_broker);
        TellWhoIsDown(_broker);
        observer.TellCalls(isNew: true, _broker.Send);
        return true;
    }

    private void StartDueChildren()
    {
        if (_broker is null)
            return;
        foreach (SupervisedChild child in children)
        {
            if (child.Process is null && IsDue(child.StartDue) && starter.Start(child, _broker) is { } refusal)
                StartLater(child, $"could not be started: {refusal}");
        }
    }

    /// <summary>False when the broker has ended too often without ever judging.</summary>
    private bool WatchBroker()
    {
        if (_broker is null)
            return true;
        _broker.ReadReports();
        NoticeGuarding(_broker.Guarding);
        if (_broker.Process.TryGetExit() is { } exit)
        {
            // What it said between the reading above and its end.
            _broker.ReadReports();
            NoticeGuarding(_broker.Guarding);
            return OnBrokerLost(HowItEnded(_broker.Process, $"the broker {exit}"));
        }

        if (!_broker.Broken)
            return true;

        // Without its link it cannot be told anything any more; the kernel lets through what waits for it.
        ProcessExit? ended = _broker.Process.WaitForExit(TimeSpan.FromMilliseconds(200));
        _broker.Process.Kill();
        ended ??= _broker.Process.WaitForExit(ProcessEnding.Patience);
        return OnBrokerLost(HowItEnded(_broker.Process, $"the broker lost its link and {ended}"));
    }

    private string HowItEnded(LaunchedProcess broker, string otherwise) =>
        watch.HasEnded(broker) ? "the broker made no progress for 2 s and was ended" : otherwise;

    private bool OnBrokerLost(string what)
    {
        watch.Watch(null);
        _broker?.Dispose();
        _broker = null;
        _guarding = false;
        TimeSpan wait = _restarts.OnEnded();
        _brokerDue = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        // One that has never judged here never will: who starts it is to see why. A service manager would just start us again, sooner.
        bool isHopeless = _restarts.IsUnguarded && !_noticeGiven && !report.IsService;
        string often = $"{what}, {DeathCount.Limit} times within {DeathCount.Window.TotalSeconds:0} s. PROTECTION IS OFF";
        string told = isHopeless ? $"{often}. Giving up."
            : _restarts.IsUnguarded ? $"{often}, and nothing is refused. Trying again in {wait.TotalMinutes:0} min."
            : $"{what}; protection is off; {Again(wait)}";
        Output.WriteError(told);
        report.TellStatus(told);
        EndWhoKnowsOneBrokerOnly();
        return !isHopeless;
    }

    // Their sessions ended with the broker. Whoever can take a new one goes on; the others start again. Who waits to be started goes on
    // waiting.
    private void EndWhoKnowsOneBrokerOnly()
    {
        SupervisedChild[] ending = [.. children.Where(static child => child is { Process: not null, OutlivesBroker: false })];
        ProcessEnding.EndAll(ending, ProcessEnding.Haste);
        EndGroups(ending);
        EndOrphans();
        foreach (SupervisedChild child in ending)
            child.StartAgainNow();
    }

    // Before anything is started, so that the broker knows them before it guards.
    private void ReconnectChildren(BrokerConnection broker)
    {
        trial.Announce(broker);
        foreach (SupervisedChild child in children)
        {
            // It is started again when its end is seen.
            if (child.Process is not null && !ChildStarter.Reconnect(child, broker))
                child.Process.Kill();
        }
    }

    private void TellWhoIsDown(BrokerConnection broker)
    {
        foreach (ProductDownCommand product in refused)
            broker.Send(product);
        foreach (SupervisedChild child in children)
        {
            if (child.Process is null)
                TellDown(child, broker);
        }
    }

    private static void TellDown(SupervisedChild child, BrokerConnection? broker)
    {
        if (child is { Product: not null, LastEnding: { } ending })
            broker?.Send(new ProductDownCommand(child.Name, IsFinal: false, ending));
    }

    private void StartLater(SupervisedChild child, string ending)
    {
        Output.WriteError($"{child.Name} {ending}; {Again(child.ScheduleRestart(ending))}");
        TellDown(child, _broker);
    }

    private void NoticeGuarding(GuardingReport? guarding)
    {
        if (guarding is null || guarding.On == _guarding)
            return;
        _guarding = guarding.On;
        if (guarding.On && !_noticeGiven)
            Output.WriteLine(ProtectionNotice.Format(options, children, refused, guarding, CurrentProcess.Age(), report.IsService));
        else
            Output.WriteError(guarding.On ? "protection is on again" : "the broker reports that protection is off");
        _noticeGiven |= guarding.On;
        if (guarding.On)
            report.TellGuarding(ProtectionNotice.Describe(options, children, refused, guarding));
        else
            report.TellStatus("the broker reports that protection is off");
    }

    // Whoever lives on without a session would neither be told anything nor be missed.
    private void WatchSessions()
    {
        while (_broker?.TryTakeSessionEnded(out int processId) == true)
            children.FirstOrDefault(child => child.Process?.ProcessId == processId)?.OnSessionEnded();
        foreach (SupervisedChild child in children)
        {
            if (child.EndDue is { } due && IsDue(due))
                child.Process?.Kill();
        }
    }

    private void WatchChildren()
    {
        foreach (SupervisedChild child in children)
        {
            if (child.Process?.TryGetExit() is not { } exit)
                continue;
            _broker?.Send(new ProcessEndedCommand(child.Process.ProcessId));
            StartLater(child, exit.ToString());
            EndGroups([child]);
            EndOrphans();
        }
    }

    private void WatchTrial()
    {
        trial.EndIfOverdue();
        if (trial.TakeExit(_broker) is { } exit)
        {
            // It ends what it starts; this is for one that was killed.
            if (exit is not { Code: 0, Signal: 0 })
                Output.WriteError($"the trial {exit}");
            EndTrial();
            EndOrphans();
        }

        trial.StartIfAsked(_poll, _broker);
    }

    private void EndTrial()
    {
        if (!ControlGroupMembers.CanForbidNew(trial.Child.FurtherGroups))
        {
            foreach (uint user in trial.Users)
                EndUser(user, "the trial");
        }

        if (ControlGroupMembers.End([.. trial.Child.ControlGroups, .. trial.Child.FurtherGroups]) is > 0 and var left)
            Output.WriteError($"the trial left {left} process(es) that do not end");
    }

    // First, since only there what forks as fast as it is killed stands still.
    private void EndGroups(IReadOnlyList<SupervisedChild> ended)
    {
        foreach (SupervisedChild child in ended)
        {
            if (!ControlGroupMembers.CanForbidNew(child.ControlGroups))
                EndUser(child.User, child.Name);
            int left = ControlGroupMembers.End(child.ControlGroups);
            if (left > 0)
                Output.WriteError($"{child.Name} left {left} process(es) that do not end");
        }
    }

    // Where no group keeps it from forking. Whoever is left of it is of its user, which is nobody else's.
    private void EndUser(uint user, string name)
    {
        BrokerConnection? judge = _broker is { Stopped: false } ? _broker : null;
        judge?.AnnounceSpawn();
        LaunchResult result = launcher.Start(programs.EndUser(user));
        using (LaunchedProcess? helper = result.Process)
        {
            if (helper is not null && helper.WaitForExit(ProcessEnding.Patience) is null)
                helper.Kill();
        }

        judge?.Send(new SpawnAbandonedCommand());
        if (result.Refusal is not null)
            Output.WriteError($"what {name} left could not be ended: {result.Refusal}");
    }

    private void EndOrphans()
    {
        int ended = OrphanProcesses.End(IsOwn);
        if (ended > 0)
            Output.WriteError($"ended {ended} process(es) that were left behind");
    }

    private void ReapOrphans()
    {
        if (time.GetElapsedTime(_reaped) < ReapPeriod)
            return;
        _ = OrphanProcesses.Reap(IsOwn);
        _reaped = time.GetTimestamp();
    }

    private bool IsOwn(int pid)
    {
        if (_broker?.Process.ProcessId == pid || trial.Child.Process?.ProcessId == pid)
            return true;
        foreach (SupervisedChild child in children)
        {
            if (child.Process?.ProcessId == pid)
                return true;
        }

        return false;
    }

    // The broker first: once its event source is closed nothing waits for anybody, so nothing below can hang.
    private void Stop()
    {
        report.TellStopping();
        _broker?.Send(new StopCommand());
        if (_broker is not null)
            _ending.WaitUntilStopped(_broker);

        // Until here somebody may still wait for it; from here on it need not turn any more.
        watch.Watch(null);
        trial.Child.Process?.Kill();
        ProcessEnding.EndAll([.. children, trial.Child], ProcessEnding.Patience);
        EndTrial();
        EndGroups(children);
        foreach (SupervisedChild child in children)
            child.Forget();
        trial.Child.Forget();
        if (_broker?.Process is { } process && process.WaitForExit(ProcessEnding.Patience) is null)
        {
            process.Kill();
            _ = process.WaitForExit(ProcessEnding.Patience);
        }

        _broker?.Dispose();
        _broker = null;
        EndOrphans();
    }

    private static string Again(TimeSpan wait) => $"starting it again in {wait.TotalMilliseconds:0} ms";
}
