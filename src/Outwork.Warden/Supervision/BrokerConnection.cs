using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;

namespace Outwork.Warden.Supervision;

/// <summary>One broker: its process and the link with it. A new broker gets a new connection.</summary>
internal sealed class BrokerConnection(LaunchedProcess process, WardenLinkServer link) : IDisposable
{
    // A broker that takes longer to note one message makes no progress; what is judged wrongly in the meantime is our own start.
    private static readonly TimeSpan AcknowledgeTimeout = TimeSpan.FromSeconds(1);

    private readonly DescriptorPoll _poll = new();
    private readonly Queue<int> _sessionsEnded = new();
    private uint _acknowledged;
    private bool _drained;

    public LaunchedProcess Process => process;

    public SafeHandle LinkHandle => link.Handle;

    /// <summary>The latest report on guarding; null before the first.</summary>
    public GuardingReport? Guarding { get; private set; }

    /// <summary>It has closed its event source and is about to end.</summary>
    public bool Stopped { get; private set; }

    /// <summary>The link is closed or unusable: the broker is ending or must be ended.</summary>
    public bool Broken { get; private set; }

    public static BrokerConnection? Start(IProcessLauncher launcher, ChildPrograms programs, SafeHandle instanceLock, SafeHandle progress, out string refusal)
    {
        SocketPair link = SocketPair.CreateSequencedPackets();
        using SafeFileHandle brokerEnd = link.Second;
        LaunchResult result = launcher.Start(programs.Broker(brokerEnd, instanceLock, progress));
        refusal = result.Refusal ?? "";
        if (result.Process is { } process)
            return new BrokerConnection(process, new WardenLinkServer(link.First));
        link.First.Dispose();
        return null;
    }

    public void Send(BrokerCommand command, SafeHandle? descriptor = null) => Send(command, descriptor, out _);

    /// <summary>
    /// Announces that a process is about to be started and, while files are judged, waits until the broker has taken note: the
    /// new process opens files before it can be announced by handle, and nobody may be asked about those.
    /// </summary>
    public void AnnounceSpawn()
    {
        Send(new ProcessSpawningCommand(), null, out uint sequence);
        long deadline = Environment.TickCount64 + (long)AcknowledgeTimeout.TotalMilliseconds;
        while (Guarding is { On: true } && !Broken && _acknowledged < sequence)
        {
            long left = deadline - Environment.TickCount64;
            if (left <= 0)
            {
                Output.WriteError("the broker does not answer; starting a process without waiting for it");
                return;
            }

            _poll.Clear();
            _ = _poll.Add(link.Handle);
            _poll.Wait(TimeSpan.FromMilliseconds(left));
            ReadReports();
        }
    }

    /// <summary>Takes what the broker has reported, also what it sent before its end when a message to it has failed.</summary>
    public void ReadReports()
    {
        while (!_drained)
        {
            switch (link.TryReceive(out BrokerReport? report))
            {
                case LinkReceiveState.Message:
                    Take(report!);
                    break;
                case LinkReceiveState.Empty:
                    return;
                default:
                    _drained = true;
                    Broken = true;
                    break;
            }
        }
    }

    /// <summary>Takes the next process whose session is over although the broker goes on.</summary>
    public bool TryTakeSessionEnded(out int processId) => _sessionsEnded.TryDequeue(out processId);

    public void Dispose()
    {
        link.Dispose();
        process.Dispose();
    }

    private void Send(BrokerCommand command, SafeHandle? descriptor, out uint sequence)
    {
        sequence = 0;
        if (!Broken && !link.Send(command, descriptor, out sequence))
            Broken = true;
    }

    private void Take(BrokerReport report)
    {
        switch (report)
        {
            case GuardingReport guarding:
                Guarding = guarding;
                break;
            case AcknowledgedReport acknowledged:
                _acknowledged = acknowledged.Sequence;
                break;
            case SessionEndedReport ended:
                _sessionsEnded.Enqueue(ended.ProcessId);
                break;
            case StoppedReport:
                Stopped = true;
                break;
        }
    }
}
