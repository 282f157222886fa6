using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests.Support;

/// <summary>
/// The real broker in a process of its own, guarding a mount, with the test in the warden's and the agent's place. A timer ends
/// the broker whatever happens, so that a test that hangs cannot leave programs waiting.
/// </summary>
internal sealed class BrokerUnderTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly WardenLinkServer _link;
    private readonly LaunchedProcess _process;
    private readonly Timer _killer;
    private readonly StreamReader _replies;
    private readonly NetworkStream _control;
    private readonly List<Thread> _products = [];

    public BrokerUnderTest(GuardedMount mount, PolicyDocument policy, params SecurityProduct[] products)
        : this(mount, policy, verdicts: null, products)
    {
    }

    /// <summary>Starts one that goes on with the memory of those before it.</summary>
    public BrokerUnderTest(GuardedMount mount, PolicyDocument policy, SafeFileHandle? verdicts, SecurityProduct[] products)
    {
        RequiresRoot.Check();
        var pair = SocketPair.CreateSequencedPackets();
        _link = new WardenLinkServer(pair.First);
        using (pair.Second)
        {
            _process = Launch(new ProcessSpec
            {
                Program = Path.Combine(AppContext.BaseDirectory, "outwork-broker"),
                Environment = [new("OUTWORK_WARDEN_FD", "3"), new("DOTNET_ROOT", DotnetRoot), new("PATH", "/usr/bin:/bin")],
                Descriptors = [new(pair.Second, 3)],
            });
        }
        _killer = new Timer(_ => _process.Kill(), null, TimeSpan.FromSeconds(120), Timeout.InfiniteTimeSpan);
        Send(new ConfigureCommand(mount.Path));
        if (verdicts is not null) Send(new VerdictMemoryCommand(), verdicts);
        Send(new ProcessStartedCommand(ProcessRole.Broker, "broker", _process.ProcessId, 0, 0), _process.Handle);
        foreach (var product in products) Connect(product);
        var control = SocketPair.CreateStream();
        Send(new AgentControlCommand(Environment.ProcessId), control.First);
        control.First.Dispose();
        _control = new NetworkStream(new Socket(new SafeSocketHandle(control.Second.DangerousGetHandle(), ownsHandle: true)), ownsSocket: true);
        control.Second.SetHandleAsInvalid();
        _replies = new StreamReader(_control);
        Apply(policy);
        WaitForReport<GuardingReport>();
    }

    public LaunchedProcess Process => _process;

    private static string DotnetRoot => Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>Connects a product that runs in the test's process.</summary>
    public void Connect(SecurityProduct product)
    {
        var pair = SocketPair.CreateOneWayPackets();
        Send(new ProductSessionCommand(product.Name, Environment.ProcessId), pair.First);
        pair.First.Dispose();
        var thread = new Thread(() => Run(product, pair.Second)) { IsBackground = true, Name = product.Name };
        thread.Start();
        _products.Add(thread);
    }

    /// <summary>Gives the broker a product's session and returns the product's end of it, for tests that write frames themselves.</summary>
    public LinuxProductChannel Open(string name) => LinuxProductChannel.Connect(OpenSocket(name));

    /// <summary>The same, for tests that use the session's socket themselves.</summary>
    public SafeFileHandle OpenSocket(string name)
    {
        var pair = SocketPair.CreateOneWayPackets();
        Send(new ProductSessionCommand(name, Environment.ProcessId), pair.First);
        pair.First.Dispose();
        return pair.Second;
    }

    /// <summary>Tells the broker, as the warden does, that a product has no process.</summary>
    public void TellDown(string name, bool isFinal, string reason) => Send(new ProductDownCommand(name, isFinal, reason));

    /// <summary>Connects a product that is a process of its own, and returns it.</summary>
    public LaunchedProcess Start(string name, string program, params KeyValuePair<string, string>[] environment)
    {
        var pair = SocketPair.CreateOneWayPackets();
        using (pair.Second)
        {
            var process = Launch(new ProcessSpec
            {
                Program = program,
                Environment = [new("OUTWORK_SESSION_FD", "3"), new("DOTNET_ROOT", DotnetRoot), .. environment],
                Descriptors = [new(pair.Second, 3)],
            });
            Send(new ProcessStartedCommand(ProcessRole.Product, name, process.ProcessId, 0, 0), process.Handle);
            Send(new ProductSessionCommand(name, process.ProcessId), pair.First);
            pair.First.Dispose();
            return process;
        }
    }

    public ulong Apply(PolicyDocument policy) => Ask(new ControlRequest { Operation = "policy-apply", Policy = policy }).PolicyGeneration;

    public StatusSnapshot Status() => Ask(new ControlRequest { Operation = "status" }).Status!;

    public DecisionRecord[] Decisions(int count = 200) => Ask(new ControlRequest { Operation = "decisions", Count = count }).Decisions!;

    /// <summary>The first decision about a file. The broker answers first and records then, so it may take a moment.</summary>
    public DecisionRecord DecisionAbout(string path)
    {
        DecisionRecord? found = null;
        Eventually(() => (found = Array.Find(Decisions(), d => d.Path == path)) is not null, $"a decision about {path}");
        return found!;
    }

    public ulong Counter(string name) => Status().Counters.Single(c => c.Name == name).Value;

    public ControlResponse Ask(ControlRequest request)
    {
        var response = Answer(request);
        Assert.True(response.Ok, response.Error);
        return response;
    }

    /// <summary>Asks and returns whatever is answered, also a refusal.</summary>
    public ControlResponse Answer(ControlRequest request)
    {
        lock (_control)
        {
            _control.Write(JsonSerializer.SerializeToUtf8Bytes(request, ControlJsonContext.Default.ControlRequest));
            _control.WriteByte((byte)'\n');
            string line = _replies.ReadLine() ?? throw new EndOfStreamException("The broker has gone.");
            return JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse)!;
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static void Eventually(Func<bool> condition, string what, int seconds = 20)
    {
        for (long end = Environment.TickCount64 + (seconds * 1_000L); !condition();)
        {
            Assert.True(Environment.TickCount64 < end, $"did not happen: {what}");
            Task.Delay(10).GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        if (_process.TryGetExit() is null)
        {
            Send(new StopCommand());
            if (_process.WaitForExit(TimeSpan.FromSeconds(10)) is null) _process.Kill();
        }
        var exit = _process.WaitForExit(Patience);
        _killer.Dispose();
        _replies.Dispose();
        _control.Dispose();
        _link.Dispose();
        foreach (var product in _products) product.Join(Patience);
        _process.Dispose();
        Assert.True(exit is not null, "the broker did not end when it was told to stop, nor when it was killed");
    }

    private static LaunchedProcess Launch(ProcessSpec spec)
    {
        var result = new LinuxProcessLauncher().Start(spec);
        Assert.True(result.Process is not null, result.Refusal);
        return result.Process;
    }

    private static void Run(SecurityProduct product, SafeFileHandle socket)
    {
        try
        {
            using var channel = LinuxProductChannel.Connect(socket);
            ProductHost.Run(product, channel, contentDirectory: null);
        }
        catch (IOException)
        {
            // The broker ended before it welcomed the product.
        }
    }

    private void Send(BrokerCommand command, System.Runtime.InteropServices.SafeHandle? descriptor = null) =>
        Assert.True(_link.Send(command, descriptor, out _));

    /// <summary>Waits for the broker to report this.</summary>
    public T WaitForReport<T>() where T : BrokerReport
    {
        T? found = null;
        Eventually(
            () =>
            {
                while (_link.TryReceive(out var report) is var state && state != LinkReceiveState.Empty)
                {
                    Assert.Equal(LinkReceiveState.Message, state);
                    if ((found = report as T) is not null) return true;
                }
                return false;
            },
            typeof(T).Name);
        return found!;
    }
}
