using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;
using Outwork.Warden.Observation;

namespace Outwork.Warden.Supervision;

/// <summary>Starts the agent and the products, each with a new session whose other end goes to the broker.</summary>
internal sealed class ChildStarter(
    IProcessLauncher launcher, ChildPrograms programs, StateDirectories state, SafeFileHandle controlListener,
    ProductObserver observer, TrialWatch trial)
{
    /// <summary>Starts it; returns why it could not be started, or null.</summary>
    public string? Start(SupervisedChild child, BrokerConnection broker)
    {
        try
        {
            return child.Product is { } product ? StartProduct(child, product, broker) : StartAgent(child, broker);
        }
        catch (LinuxException lost) when (child.Process is null)
        {
            // No descriptor for a pipe or a socket: this one waits, and the others go on.
            return lost.Message;
        }
    }

    private string? StartProduct(SupervisedChild child, ProductPlan product, BrokerConnection broker)
    {
        SocketPair session = SocketPair.CreateOneWayPackets();
        using SafeFileHandle brokerEnd = session.First;
        using SafeFileHandle productEnd = session.Second;
        SessionRenewal renewal = SessionRenewal.Create(out SafeFileHandle renewalSocket, out SafeFileHandle renewalOffer);
        using SafeFileHandle renewalEnd = renewalSocket;
        using SafeFileHandle offerEnd = renewalOffer;
        LogPipe log = LogPipe.Create();
        SocketPair report = SocketPair.CreateSequencedPackets();
        using SafeFileHandle logWriter = log.Writer;
        using SafeFileHandle reporter = report.Second;
        observer.Observe(child.Name, child.User, log.Reader, report.First);
        string? refusal = Start(child, broker, programs.Product(product, child.User, state, productEnd, renewalEnd, offerEnd, logWriter, reporter));
        if (child.Process is not { } process)
        {
            renewal.Dispose();
            return refusal;
        }

        child.Renewal = renewal;
        broker.Send(new ProductSessionCommand(child.Name, process.ProcessId), brokerEnd);
        return refusal;
    }

    /// <summary>Connects whoever outlived its broker to the new one. False when it takes no session.</summary>
    public static bool Reconnect(SupervisedChild child, BrokerConnection broker)
    {
        if (child.Process is not { } process || child.Renewal is not { } renewal)
            return false;
        return child.Product is null ? ReconnectAgent(child, process, renewal, broker) : ReconnectProduct(child, process, renewal, broker);
    }

    private static bool ReconnectAgent(SupervisedChild child, LaunchedProcess process, SessionRenewal renewal, BrokerConnection broker)
    {
        SocketPair session = SocketPair.CreateOneWayPackets();
        SocketPair control = SocketPair.CreateStream();
        using SafeFileHandle brokerSession = session.First;
        using SafeFileHandle agentSession = session.Second;
        using SafeFileHandle brokerControl = control.First;
        using SafeFileHandle agentControl = control.Second;
        if (!renewal.Send(agentSession, agentControl))
            return false;
        broker.Send(new ProcessStartedCommand(child.Role, child.Name, process.ProcessId, child.User, child.Restarts), process.Handle);
        broker.Send(new AgentSessionCommand(process.ProcessId), brokerSession);
        broker.Send(new AgentControlCommand(process.ProcessId), brokerControl);
        return true;
    }

    private static bool ReconnectProduct(SupervisedChild child, LaunchedProcess process, SessionRenewal renewal, BrokerConnection broker)
    {
        SocketPair session = SocketPair.CreateOneWayPackets();
        using SafeFileHandle brokerEnd = session.First;
        using SafeFileHandle productEnd = session.Second;
        if (!renewal.Send(productEnd))
            return false;
        broker.Send(new ProcessStartedCommand(child.Role, child.Name, process.ProcessId, child.User, child.Restarts), process.Handle);
        broker.Send(new ProductSessionCommand(child.Name, process.ProcessId), brokerEnd);
        return true;
    }

    private string? StartAgent(SupervisedChild child, BrokerConnection broker)
    {
        SocketPair session = SocketPair.CreateOneWayPackets();
        SocketPair control = SocketPair.CreateStream();
        using SafeFileHandle brokerSession = session.First;
        using SafeFileHandle agentSession = session.Second;
        using SafeFileHandle brokerControl = control.First;
        using SafeFileHandle agentControl = control.Second;
        SessionRenewal renewal = SessionRenewal.Create(out SafeFileHandle renewalSocket, out SafeFileHandle renewalOffer);
        using SafeFileHandle renewalEnd = renewalSocket;
        using SafeFileHandle offerEnd = renewalOffer;
        LogPipe log = LogPipe.Create();
        using SafeFileHandle logWriter = log.Writer;
        observer.Observe(child.Name, log.Reader);
        using SafeFileHandle trialEnd = trial.Renew();
        ProcessSpec spec = programs.Agent(child, state, agentSession, agentControl, controlListener, renewalEnd, offerEnd, trialEnd);

        // Not our own standard error, which may be the administrator's terminal, or the log that all write to.
        spec = spec with { Descriptors = [.. spec.Descriptors.Where(static given => given.Number > 2), new(logWriter, 1), new(logWriter, 2)] };
        string? refusal = Start(child, broker, spec);
        if (child.Process is not { } process)
        {
            renewal.Dispose();
            return refusal;
        }

        child.Renewal = renewal;
        broker.Send(new AgentSessionCommand(process.ProcessId), brokerSession);
        broker.Send(new AgentControlCommand(process.ProcessId), brokerControl);
        return refusal;
    }

    private string? Start(SupervisedChild child, BrokerConnection broker, ProcessSpec spec)
    {
        broker.AnnounceSpawn();
        LaunchResult result = launcher.Start(spec);
        if (result.Process is not { } process)
        {
            broker.Send(new SpawnAbandonedCommand());
            return result.Refusal;
        }

        child.OnStarted(process);
        broker.Send(
            new ProcessStartedCommand(child.Role, child.Name, process.ProcessId, child.User, child.Restarts), process.Handle);
        return null;
    }
}
