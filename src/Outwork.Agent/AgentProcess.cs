using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Outwork.Agent.Broker;
using Outwork.Agent.Control;
using Outwork.Agent.Events;
using Outwork.Agent.Export;
using Outwork.Agent.Policy;
using Outwork.Agent.Recording;
using Outwork.Agent.Telemetry;
using Outwork.Agent.Updates;
using Outwork.Contracts.Control;

namespace Outwork.Agent;

/// <summary>What the agent was started with.</summary>
/// <param name="Control">Stream to the broker.</param>
/// <param name="Listener">The listening control socket.</param>
/// <param name="OpenFeed">Connects to the broker's events; called once, after the policy is in force.</param>
internal sealed record AgentConnections(Stream Control, Socket Listener, Func<IEventFeed> OpenFeed)
{
    /// <summary>Where the connections with the next broker come from; null: the agent ends with its broker.</summary>
    public IBrokerRenewal? Renewal { get; init; }

    /// <summary>Where trials of content are asked for; null: content is not followed.</summary>
    public Stream? Trials { get; init; }
}

/// <summary>
/// The agent, put together: brings the policy into force, then serves the control socket and exports events until it is
/// told to stop, or the broker hangs up and no other one comes. It holds no event source and judges nothing: without it protection goes on.
/// </summary>
/// <param name="options">Settings.</param>
/// <param name="connections">Owned by the process from here on.</param>
/// <param name="readPolicy">Reads a policy's text.</param>
/// <param name="counters">Where everything is counted.</param>
/// <param name="report">Gets sentences for the log.</param>
/// <param name="time">Clocks.</param>
internal sealed class AgentProcess(
    AgentOptions options, AgentConnections connections, PolicyReadFunction readPolicy, AgentCounters counters, Action<string> report, TimeProvider time)
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgainPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Group whose members may use the control socket; a test names another.</summary>
    public Func<uint?> FindControlGroup { get; init; } = static () => Platform.Linux.Processes.Accounts.FindGroup(PeerAuthorization.Group);

    /// <summary>Runs to the end. Flushes what waits before it returns.</summary>
    public async Task<AgentExit> RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using CancellationTokenRegistration closing = stop.Register(() => connections.Renewal?.Close());
        using var broker = new RenewableBrokerLink(BrokerTimeout, time);
        using var policies = new PolicyApplication(new PolicyStore(options.StateDirectory), broker, readPolicy, counters, report, time);
        Task hungUp = broker.Begin(connections.Control, ended.Token);
        if (!await StartPolicyAsync(policies, hungUp, ended.Token))
        {
            if (hungUp.IsFaulted)
                await hungUp;
            if (hungUp.IsCompleted || stop.IsCancellationRequested)
                return stop.IsCancellationRequested ? AgentExit.Stopped : AgentExit.BrokerLost;
            report("No policy could be brought into force; the broker guards nothing. See the lines above.");
        }

        var server = new ControlServerOptions();
        var watchers = new WatchHub(server, counters, time);
        var sinks = new List<IEventSink> { watchers };
        // Disposed in reverse: what waits is on the disk before a collector is waited for.
        using IDisposable? otlp = options.OtlpEndpoint is null ? null : StartOtlp(broker, sinks);
        using FileExport? file = StartFileExport();
        if (file is not null)
            sinks.Add(file);
        UpdateOptions? followed = connections.Trials is null || options.PackagesDirectory is null ? null : ContentOpening.FindWork(options, report);
        QuestionRecorder? recorder = followed is null ? null : new QuestionRecorder(options.StateDirectory, followed.Products.Select(static p => p.Name), counters, report);
        if (recorder is not null)
            sinks.Add(recorder);
        var shared = new SharedSinks(sinks);
        using ContentOpening? updates = followed is null ? null : new ContentOpening(followed, options, connections.Trials!, recorder!, broker, shared, counters, report, time);
        Task updating = updates?.RunAsync(ended.Token) ?? Task.CompletedTask;
        using var control = new ControlServer(
            connections.Listener,
            new PeerAuthorization(FindControlGroup),
            new ControlRequests(broker, policies, counters) { Contents = () => updates?.Requests },
            watchers, server, counters);
        Task serving = control.RunAsync(ended.Token);

        Func<IEventFeed>? openFeed = connections.OpenFeed;
        while (true)
        {
            if (openFeed is not null)
                await PumpAsync(openFeed(), shared, hungUp, serving, broker);
            if (stop.IsCancellationRequested || serving.IsCompleted || connections.Renewal is not { } renewal)
                break;
            report("the broker has ended; waiting for the next one");
            if (await Task.Run(renewal.Wait, CancellationToken.None) is not { } next)
                break;
            hungUp = broker.Begin(next.Control, ended.Token);
            // Without a policy this broker guards nothing; but if it has gone again, the next one's turn comes.
            bool isGuarding = await StartPolicyAsync(policies, hungUp, ended.Token);
            if (hungUp.IsFaulted)
                await hungUp;
            openFeed = isGuarding || !hungUp.IsCompleted ? TryOpen(next) : null;
            if (openFeed is null)
                broker.End();
        }

        bool stopped = stop.IsCancellationRequested;
        await ended.CancelAsync();
        await Task.WhenAll(hungUp, serving, updating);
        return stopped ? AgentExit.Stopped : AgentExit.BrokerLost;
    }

    // Until this broker is gone, or the agent ends. What was taken is with the sinks when this returns. One that cannot be understood any
    // longer is not gone: waiting for the next one would last for ever, so the agent ends and is started again.
    private async Task PumpAsync(IEventFeed feed, SharedSinks sinks, Task hungUp, Task serving, RenewableBrokerLink broker)
    {
        using var pump = new EventPump(feed, [sinks], counters);
        pump.Start();
        Task first = await Task.WhenAny(hungUp, pump.Ended, serving);
        broker.End();
        pump.Stop();
        await hungUp;
        await (first == pump.Ended ? first : Task.CompletedTask);
    }

    private static Func<IEventFeed>? TryOpen(BrokerSession session)
    {
        try
        {
            IEventFeed feed = session.OpenFeed();
            return () => feed;
        }
        catch (IOException)
        {
            // This broker has gone before it welcomed us.
            return null;
        }
    }

    // A broker that is late is asked again until it has ended. Being told to stop meanwhile is an ordinary end.
    private async Task<bool> StartPolicyAsync(PolicyApplication policies, Task hungUp, CancellationToken ended)
    {
        try
        {
            PolicyStart start;
            do
                start = await policies.StartAsync(PolicyFiles(), ended);
            while (start == PolicyStart.BrokerUnavailable && !hungUp.IsCompleted && await StillThereAsync(hungUp, ended));
            return start == PolicyStart.InForce;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return false;
        }
    }

    // A link that has just broken says so a moment later.
    private async Task<bool> StillThereAsync(Task hungUp, CancellationToken ended) =>
        await Task.WhenAny(hungUp, Task.Delay(AgainPause, time, ended)) != hungUp;

    private IEnumerable<(string Path, string Source)> PolicyFiles()
    {
        string builtIn = Path.Join(AppContext.BaseDirectory, "policy", "default.yaml");
        if (options.PolicyFile is { } file)
            yield return (file, options.PolicySource ?? file);
        if (options.PolicyFile != builtIn)
            yield return (builtIn, "built-in");
    }

    private FileExport? StartFileExport() => options.ExportDirectory is not { } directory
        ? null
        : new FileExport(
            new RotatingFile(directory, "outwork", options.ExportFileBytes, options.ExportFiles),
            new RotatingFile(directory, "outwork-processes", options.ExportFileBytes, options.ExportFiles),
            new OcsfEncoder(OcsfSource.Local(ProductVersion.Text, time)),
            options.ExportEvents,
            counters);

    // Not inlined, so that OpenTelemetry's assemblies are loaded only when this is called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private OtlpExport StartOtlp(RenewableBrokerLink broker, List<IEventSink> sinks)
    {
        var otlp = new OtlpExport(
            options.OtlpEndpoint!,
            ProductVersion.Text,
            options.ExportEvents,
            async cancellation => (await broker.SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation)).Status,
            counters,
            time);
        sinks.Add(otlp);
        return otlp;
    }
}
