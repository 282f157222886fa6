using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Warden.Launching;
using Outwork.Warden.Supervision;

namespace Outwork.Warden;

/// <summary>
/// <c>outwork-warden keep OPTIONS</c>: runs the warden and starts it again when a signal ended it, as an init system does where one
/// runs. When the keeper ends, however that happens, the warden stops everything in order.
/// </summary>
internal static class KeepCommand
{
    private const int LifelineNumber = 3;
    private const string ParentOption = "--parent-fd";
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(1.5);

    public static int Run(string[] arguments)
    {
        using var stop = new StopRequest();

        // What a warden that was killed leaves behind is ours: a broker that does not end by itself holds up whatever it guards, so that
        // nothing could be started any more, a warden neither. Whoever became the keeper may have had children before.
        HashSet<int> before = [.. OrphanProcesses.Children()];
        CurrentProcess.AdoptOrphans();
        using SafeFileHandle? parent = TakeParent(ref arguments);
        var launcher = new LinuxProcessLauncher();
        var backoff = new RestartBackoff(TimeProvider.System);
        var poll = new DescriptorPoll();
        while (true)
        {
            SocketPair lifeline = SocketPair.CreateStream();
            using SafeFileHandle ours = lifeline.First;
            using LaunchedProcess? warden = Start(launcher, arguments, lifeline.Second);
            if (warden is null)
                return ExitCode.NotStarted;
            backoff.OnStarted();
            ProcessExit? exit;
            while ((exit = warden.TryGetExit()) is null)
            {
                if (MustStop(poll, stop, parent, warden.Handle, timeout: null))
                    return Stop(ours, warden);
            }

            if (exit.Value.Signal == 0 && exit.Value.Code != ExitCode.LostResource)
                return exit.Value.Code;
            int ended = OrphanProcesses.EndAfter(OrphanPatience, before.Contains);
            if (ended > 0)
                Output.WriteError($"ended {ended} process(es) that outlived the warden");
            TimeSpan wait = backoff.OnEnded();
            Output.WriteError($"the warden {exit}; protection is off; starting it again in {wait.TotalMilliseconds:0} ms");
            if (MustStop(poll, stop, parent, null, wait))
                return ExitCode.Success;
        }
    }

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
            LaunchResult result = launcher.Start(new ProcessSpec
            {
                Program = Environment.ProcessPath!,
                Arguments = [.. arguments, ParentOption, $"{LifelineNumber}", "--keeper", $"{Environment.ProcessId}"],
                Environment = ChildEnvironment.Own(),
                Descriptors = [new(lifeline, LifelineNumber)],
            });
            if (result.Refusal is not null)
                Output.WriteError($"the warden could not be started: {result.Refusal}");
            return result.Process;
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

    private static int Stop(SafeFileHandle lifeline, LaunchedProcess warden)
    {
        lifeline.Dispose();
        if (warden.WaitForExit(StopPatience) is { } exit)
            return exit.Code;
        warden.Kill();
        Output.WriteError($"the warden did not stop within {StopPatience.TotalSeconds:0} s and was ended");
        return ExitCode.Failure;
    }
}
