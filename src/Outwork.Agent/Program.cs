using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Agent;
using Outwork.Agent.Broker;
using Outwork.Agent.Events;
using Outwork.Agent.Policy;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Reactor;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;

const string sessionVariable = "OUTWORK_SESSION_FD";
const string controlVariable = "OUTWORK_CONTROL_FD";
const string trialVariable = "OUTWORK_TRIAL_FD";
const string listenVariable = "OUTWORK_LISTEN_FD";

AgentOptions? options = AgentOptions.Bind(args, Environment.GetEnvironmentVariable, out IReadOnlyList<string> faults);
if (options is null)
{
    foreach (string fault in faults)
        Console.Error.WriteLine($"outwork-agent: {fault}");
    return (int)AgentExit.Usage;
}

using SafeFileHandle? session = InheritedDescriptors.Take(sessionVariable);
using Socket? control = InheritedSockets.Take(controlVariable);
using Socket? trials = InheritedSockets.Take(trialVariable);
using Socket? listener = InheritedSockets.Take(listenVariable);
if (session is null || control is null || listener is null)
{
    Console.Error.WriteLine($"outwork-agent: {sessionVariable}, {controlVariable} and {listenVariable} must name open descriptors: it is started by outwork-warden");
    return (int)AgentExit.Usage;
}

// What the agent does can wait for what the machine is for; every thread made from here on inherits it.
const int niceOfAgent = 10;
ThreadSlice.TrySet(niceOfAgent, sliceNs: 0);

using var stop = new CancellationTokenSource();
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// Ctrl-C goes to every process of a terminal; it is the warden that decides when we end.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);

try
{
    var counters = new AgentCounters();
    using WardenRenewal? renewal = SessionRenewalClient.FromEnvironment() is { } client
        ? new WardenRenewal(client, socket => OpenFeed(socket, counters))
        : null;
    var connections = new AgentConnections(
        new NetworkStream(control, ownsSocket: false),
        listener,
        () => OpenFeed(session, counters))
    {
        Renewal = renewal,
        Trials = trials is null ? null : new NetworkStream(trials, ownsSocket: false),
    };
    var agent = new AgentProcess(options, connections, PolicyFormat.Read, counters, static line => Console.Error.WriteLine($"outwork-agent: {line}"), TimeProvider.System);
    return (int)await agent.RunAsync(stop.Token);
}
catch (Exception lost) when (lost is IOException or InvalidDataException)
{
    Console.Error.WriteLine($"outwork-agent: {lost.Message}");
    return (int)AgentExit.BrokerLost;
}

static SessionEventFeed OpenFeed(SafeFileHandle session, AgentCounters counters) =>
    new(LinuxProductChannel.Connect(session), counters, TimeProvider.System);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
