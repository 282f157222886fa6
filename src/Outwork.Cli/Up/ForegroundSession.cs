using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Up;

/// <summary>
/// Runs the warden beside the live view. The warden has an end of a socket whose other end is ours alone: however this process ends,
/// the warden reads the end of it and stops everything in order.
/// </summary>
internal sealed class ForegroundSession(UpOptions options, string warden, ILiveView view)
{
    private const int ParentDescriptor = 3;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    public int Run()
    {
        using var stop = new CancellationTokenSource();
        using var stopping = new WakeUp();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
        var log = new WardenLog(options.StateDirectory);
        SocketPair lifeline = SocketPair.CreateStream();
        SocketPair output = SocketPair.CreateStream();
        using SafeFileHandle ours = lifeline.First;
        using var notices = new FileStream(output.First, FileAccess.Read, bufferSize: 0);
        LaunchedProcess? process = Start(lifeline.Second, output.Second, log);
        if (process is null)
            return 1;

        using (process)
        {
            string? notice = ReadLine(notices, stopping);
            if (notice is not null && !stop.IsCancellationRequested)
                Show(process, notice, stop);
            return Finish(process, ours, log, stop.IsCancellationRequested);
        }

        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
            stopping.Raise();
        }
    }

    private LaunchedProcess? Start(SafeFileHandle lifeline, SafeFileHandle output, WardenLog log)
    {
        using (lifeline)
        using (output)
        using (SafeFileHandle errors = log.Open())
        {
            LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
            {
                Program = warden,
                Arguments = ["keep", .. options.ToWardenArguments(), "--parent-fd", $"{ParentDescriptor}"],
                Environment = CurrentEnvironment.ToPairs(),
                Descriptors = [new(lifeline, ParentDescriptor), new(output, 1), new(errors, 2)],
            });
            if (result.Refusal is not null)
                Console.Error.WriteLine($"outwork: {result.Refusal}");
            return result.Process;
        }
    }

    private void Show(LaunchedProcess process, string notice, CancellationTokenSource stop)
    {
        Task shown = view.ShowAsync(options.ControlSocket, notice, stop.Token);
        while (!shown.Wait(TimeSpan.FromMilliseconds(200), CancellationToken.None))
        {
            if (process.TryGetExit() is not null)
                stop.Cancel();
        }
    }

    private static int Finish(LaunchedProcess process, SafeFileHandle lifeline, WardenLog log, bool asked)
    {
        ProcessExit? early = process.TryGetExit();
        lifeline.Dispose();
        ProcessExit? exit = process.WaitForExit(StopPatience);
        if (exit is null)
        {
            process.Kill();
            Console.Error.WriteLine($"outwork: the warden did not stop within {StopPatience.TotalSeconds:0} s and was ended.");
            return 1;
        }

        if (early is null || (asked && exit is { Code: 0, Signal: 0 }))
        {
            Console.WriteLine("Outwork protection is off.");
            return exit.Value.Code;
        }

        Console.Error.Write(log.ReadNew());
        Console.Error.WriteLine($"outwork: the warden {exit}. Its log: {log.Path}");
        return exit.Value.Code == 0 ? 1 : exit.Value.Code;
    }

    /// <summary>The warden's one line, or null when it ended without one or we were asked to stop.</summary>
    private static string? ReadLine(FileStream notices, WakeUp stopping)
    {
        var line = new StringBuilder();
        var poll = new DescriptorPoll();
        Span<byte> buffer = stackalloc byte[256];
        while (true)
        {
            poll.Clear();
            int stopIndex = poll.Add(stopping.Handle);
            int noticeIndex = poll.Add(notices.SafeFileHandle);
            poll.Wait(timeout: null);
            if (poll.IsReady(stopIndex))
                return null;
            if (!poll.IsReady(noticeIndex))
                continue;
            int count = notices.Read(buffer);
            line.Append(Encoding.UTF8.GetString(buffer[..count]));
            if (count == 0 || buffer[..count].Contains((byte)'\n'))
                return line.Length == 0 ? null : line.ToString().TrimEnd('\n');
        }
    }
}
