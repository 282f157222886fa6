using System.Net.Sockets;
using Outwork.Content.Trials;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Reactor;

namespace Outwork.Trial;

/// <summary>
/// outwork-trial: tries one content in a second, confined instance of its product, tells the result and ends, unless it was given up for another. The warden starts it when
/// somebody asks for a trial; it asks nothing of the broker and changes nothing that is in force.
/// </summary>
internal static class TrialProcess
{
    /// <summary>Names the stream over which a trial is asked for.</summary>
    public const string SocketVariable = "OUTWORK_TRIAL_FD";

    // What is in force comes first; every process made from here on inherits it.
    private const int Nice = 5;

    private static readonly TimeSpan ResultPatience = TimeSpan.FromSeconds(5);

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (TrialOptions.Parse(arguments, out string fault) is not { } options)
        {
            Console.Error.WriteLine($"outwork-trial: {fault}");
            return TrialExit.Usage;
        }

        if (InheritedSockets.Take(SocketVariable) is not { } socket)
        {
            Console.Error.WriteLine($"outwork-trial: {SocketVariable} must name an open descriptor: it is started by outwork-warden");
            return TrialExit.Usage;
        }

        _ = ThreadSlice.TrySet(Nice, sliceNs: 0);
        CurrentProcess.AdoptOrphans();
        using var channel = new TrialChannel(socket);
        Run(options, channel, TimeProvider.System);
        return TrialExit.Done;
    }

    private static void Run(TrialOptions options, TrialChannel channel, TimeProvider time)
    {
        var reader = new TrialRequestReader(channel, options, time);
        TrialMessage? next = null;
        while (reader.Read(next) is { } request)
        {
            using var stall = new StallWatch(time, static () =>
            {
                Console.Error.WriteLine($"outwork-trial: no progress for {StallWatch.Limit.TotalSeconds:0} s; it ends without a result");
                Environment.Exit(TrialExit.Stalled);
            });
            var run = new TrialRun(options, request, channel, stall, time);
            channel.Send(run.Run(), ResultPatience);
            next = run.Next;
            if (next is null)
                return;
        }

        if (reader.Fault.Length > 0)
        {
            TrialVerdict verdict = TrialComparison.Judge(TrialLimits.Default, new TrialObservation { AbandonedBecause = reader.Fault });
            channel.Send(new TrialReport { Type = TrialTypes.Result, Id = reader.Id, Refusal = verdict.Refusal, Code = verdict.Code, What = verdict.What, Remedy = verdict.Remedy });
        }
    }
}
