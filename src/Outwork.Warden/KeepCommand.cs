using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Warden.Launching;
using Outwork.Warden.Supervision;

namespace Outwork.Warden;

/// <summary>
/// <c>outwork-warden keep OPTIONS</c>: runs the warden and starts it again when it ended otherwise than it was to, as an init system does
/// where one runs. Only a first warden that never guarded is not tried again, so that whoever starts it sees why. When the keeper ends,
/// however that happens, the warden stops everything in order.
/// </summary>
internal static class KeepCommand
{
    private const int LifelineNumber = 3;
    private const string ParentOption = "--parent-fd";
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    public static int Run(string[] arguments)
    {
        using OutputThread output = Output.WriteBeside();
        using var stop = new StopRequest();
        using SafeFileHandle? parent = TakeParent(ref arguments);
        var launcher = new LinuxProcessLauncher();
        var backoff = new RestartBackoff(TimeProvider.System);
        var poll = new DescriptorPoll();
        for (bool isFirst = true; ; isFirst = false)
        {
            SocketPair lifeline = SocketPair.CreateStream();
            using SafeFileHandle ours = lifeline.First;
            using LaunchedProcess? warden = Start(launcher, arguments, lifeline.Second);
            backoff.OnStarted();
            var exit = new ProcessExit(ExitCode.NotStarted, 0);
            while (warden is not null)
            {
                if (warden.TryGetExit() is { } ended)
                {
                    exit = ended;
                    break;
                }

                if (MustStop(poll, stop, parent, warden.Handle, timeout: null))
                    return Stop(ours, warden, arguments);
            }

            if (!IsWorthAnother(exit, isFirst))
                return exit.Code;
            TimeSpan wait = backoff.OnEnded();
            Output.WriteError($"the warden {exit}; protection is off; starting it again in {wait.TotalMilliseconds:0} ms");
            if (!MustStop(poll, stop, parent, null, wait))
                continue;
            RemoveWhatIsLeft(arguments);
            return ExitCode.Success;
        }
    }

    // What a later one fails from, memory that is short or a broker that is slow to end, passes.
    private static bool IsWorthAnother(ProcessExit exit, bool isFirst) =>
        exit.Signal != 0
        || exit.Code == ExitCode.ProtectionLost
        || (!isFirst && exit.Code is not (ExitCode.Success or ExitCode.Usage or ExitCode.NeedsRoot));

    private static SafeFileHandle? TakeParent(ref string[] arguments)
    {
        int index = Array.IndexOf(arguments, ParentOption);
        if (index < 0 || index + 1 >= arguments.Length || !int.TryParse(arguments[index + 1], out int number))
            return null;
        arguments = [.. arguments[..index], .. arguments[(index + 2)..]];
        return InheritedDescriptors.Take(number);
    }

    private static LaunchedProcess? Start(LinuxProcessLauncher launcher, string[] arguments, SafeFileHandle lifeline)
    {
        using (lifeline)
        {
            LaunchResult result = TryStart(launcher, arguments, lifeline);
            if (result.Refusal is not null)
                Output.WriteError($"the warden could not be started: {result.Refusal}");
            return result.Process;
        }
    }

    private static LaunchResult TryStart(LinuxProcessLauncher launcher, string[] arguments, SafeFileHandle lifeline)
    {
        try
        {
            return launcher.Start(new ProcessSpec
            {
                Program = Environment.ProcessPath!,
                Arguments = [.. arguments, ParentOption, $"{LifelineNumber}", "--keeper", $"{Environment.ProcessId}"],
                Environment = ChildEnvironment.Own(),
                Descriptors = [new(lifeline, LifelineNumber)],
            });
        }
        catch (LinuxException e)
        {
            return new LaunchResult(null, e.Message);
        }
    }

    // True when we are to stop; false when the warden has ended, the time is over, or a signal came between.
    private static bool MustStop(DescriptorPoll poll, StopRequest stop, SafeFileHandle? parent, System.Runtime.InteropServices.SafeHandle? warden, TimeSpan? timeout)
    {
        poll.Clear();
        int stopIndex = poll.Add(stop.Handle);
        int parentIndex = parent is null ? stopIndex : poll.Add(parent);
        if (warden is not null)
            _ = poll.Add(warden);
        poll.Wait(timeout);
        return poll.IsReady(stopIndex) || poll.IsReady(parentIndex);
    }

    // Of a warden that was killed; the next one would.
    private static void RemoveWhatIsLeft(string[] arguments)
    {
        if (WardenOptions.Parse(arguments, out _) is not { } options)
            return;
        var directory = new RunDirectory(options.RunDirectory);
        using InstanceLock? instanceLock = WardenProcess.TakeLock(directory);
        if (instanceLock is not null)
            WardenProcess.Remove(directory);
    }

    private static int Stop(SafeFileHandle lifeline, LaunchedProcess warden, string[] arguments)
    {
        lifeline.Dispose();
        if (warden.WaitForExit(StopPatience) is { } exit)
        {
            if (exit.Signal != 0)
                RemoveWhatIsLeft(arguments);
            return exit.Code;
        }

        warden.Kill();
        _ = warden.WaitForExit(StopPatience);
        RemoveWhatIsLeft(arguments);
        Output.WriteError($"the warden did not stop within {StopPatience.TotalSeconds:0} s and was ended");
        return ExitCode.Failure;
    }
}
