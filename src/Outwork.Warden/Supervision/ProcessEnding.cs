using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Supervision;

/// <summary>Ends processes: asks first, then does not ask.</summary>
internal sealed class ProcessEnding
{
    /// <summary>How long a process may clean up when all is stopped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long it may while protection is off.</summary>
    public static readonly TimeSpan Haste = TimeSpan.FromMilliseconds(300);

    private readonly DescriptorPoll _poll = new();

    /// <summary>Ends the processes of all children and waits for them.</summary>
    public static void EndAll(IReadOnlyList<SupervisedChild> children, TimeSpan patience)
    {
        foreach (SupervisedChild child in children)
            child.Process?.RequestEnd();
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        foreach (SupervisedChild child in children)
        {
            long left = Math.Max(0, deadline - Environment.TickCount64);
            if (child.Process is not { } process || process.WaitForExit(TimeSpan.FromMilliseconds(left)) is not null)
                continue;
            process.Kill();
            _ = process.WaitForExit(Patience);
        }
    }

    /// <summary>Waits until the broker has closed its event source or has ended; ends it when it does neither.</summary>
    public void WaitUntilStopped(BrokerConnection broker)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!broker.Stopped && broker.Process.TryGetExit() is null)
        {
            long left = deadline - Environment.TickCount64;
            if (left <= 0 || broker.Broken)
            {
                broker.Process.Kill();
                return;
            }

            _poll.Clear();
            _ = _poll.Add(broker.LinkHandle);
            _ = _poll.Add(broker.Process.Handle);
            _poll.Wait(TimeSpan.FromMilliseconds(left));
            broker.ReadReports();
        }
    }
}
