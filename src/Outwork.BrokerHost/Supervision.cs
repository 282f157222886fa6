using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Control;
using Outwork.BrokerHost.Processes;
using Outwork.BrokerHost.Reactor;
using Outwork.BrokerHost.Status;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Supervision;

namespace Outwork.BrokerHost;

/// <summary>Does what the warden says. Reactor thread only; what takes long is done beside and posted back.</summary>
internal sealed class Supervision(
    WardenLinkClient link, BrokerReactor reactor, OwnProcesses own, StatusBuilder status, ControlRequests requests,
    CallStandIn standIn, Action<IVerdictStore> restore, ReactorFaults faults, TimeProvider time)
{
    private static readonly BrokerSessionOptions ProductRings = new();

    // The agent is told everything: room for a burst of some 10,000 events.
    private static readonly BrokerSessionOptions AgentRings = new() { EventsCapacity = 4 * 1024 * 1024 };

    /// <summary>Name of the agent's session.</summary>
    public const string AgentName = "agent";

    /// <summary>Takes every command that waits.</summary>
    public void TakeCommands()
    {
        while (true)
        {
            switch (link.TryReceive(out var received))
            {
                case LinkReceiveState.Empty:
                    return;
                case LinkReceiveState.Closed:
                    reactor.Stop();
                    return;
                case LinkReceiveState.Message:
                    Take(received);
                    break;
                default:
                    // Warden and broker are of one build: this is a bug, and a warden that cannot be understood cannot be obeyed.
                    throw new UnrecoverableException("The warden sent a message that cannot be read.");
            }
        }
    }

    /// <summary>A session is over, or could not begin: the warden sees to it that its process does not live on without one.</summary>
    public void SessionEnded(int processId) => link.Send(new SessionEndedReport(processId));

    private void Take(in ReceivedCommand received)
    {
        switch (received.Command)
        {
            case ProcessSpawningCommand:
                own.BeginSpawn();
                link.Send(new AcknowledgedReport(received.Sequence));
                break;
            case SpawnAbandonedCommand:
                own.EndSpawn();
                break;
            case ProcessStartedCommand started when received.Descriptor is { } pidfd:
                own.Add(started.ProcessId, pidfd, isWarden: started.Role == ProcessRole.Warden);
                own.EndSpawn();
                if (started.Role == ProcessRole.Warden) standIn.WatchWarden(started.ProcessId);
                status.Started(started);
                break;
            case ProcessEndedCommand ended:
                own.Remove(ended.ProcessId);
                status.Ended(ended.ProcessId);
                break;
            case ProductDownCommand down:
                status.Down(down);
                break;
            case VerdictMemoryCommand when received.Descriptor is { } file:
                faults.Contain(() => Remember(file));
                break;
            case ProductSessionCommand session when received.Descriptor is { } socket:
                Connect(session.Name, session.ProcessId, socket, ProductRings);
                break;
            case AgentSessionCommand session when received.Descriptor is { } socket:
                Connect(AgentName, session.ProcessId, socket, AgentRings);
                break;
            case AgentControlCommand when received.Descriptor is { } socket:
                new ControlServer(new Socket(new SafeSocketHandle(socket.DangerousGetHandle(), ownsHandle: true)), requests, faults).Start();
                socket.SetHandleAsInvalid();
                break;
            case ProductCallsCommand calls when received.Descriptor is { } listener:
                standIn.Add(calls.Name, calls.UserId, listener);
                break;
            case RefusedAttemptCommand refused:
                reactor.TellRefusal(refused.Name, refused.ProcessId, refused.Call, refused.Target, refused.Times);
                break;
            case StopCommand:
                reactor.Stop();
                break;
            default:
                received.Descriptor?.Dispose();
                break;
        }
    }

    // Before anything is guarded, so that it may take some milliseconds. A memory that cannot be read is not used: then this broker
    // is like the first.
    private void Remember(SafeFileHandle file)
    {
        if (VerdictMemoryFile.Open(file) is { } memory) restore(memory);
    }

    // Shared memory is made beside the reactor, since that takes up to a millisecond.
    private void Connect(string name, int pid, SafeFileHandle socket, BrokerSessionOptions rings) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                if (BrokerSessionEndpoint.TryCreate(socket, rings, time, out var endpoint)) reactor.Inbox.Post(() => reactor.Connect(name, pid, endpoint!));
                else reactor.Inbox.Post(() => SessionEnded(pid));
            }
            catch (Exception fault) when (faults.Survives(fault))
            {
                socket.Dispose();
                reactor.Inbox.Post(() => SessionEnded(pid));
            }
        });
}
