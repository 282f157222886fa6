using System.Net.Sockets;
using System.Text;

namespace Outwork.Faults;

/// <summary>What can happen to the agent, and what somebody who may talk to it can do. Judging never waits for it.</summary>
internal static class AgentFaults
{
    private const string StartedAgain = "judging goes on; started again after 100 ms";
    private const string Unmoved = "the connection is closed, the others are served";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Ended("agent killed", Signals.Kill),
        Ended("agent ended by a memory fault", Signals.SegmentationFault),
        Ended("agent aborted", Signals.Abort),
        Hit("agent stopped and continued") with
        {
            Description = "SIGSTOP, and SIGCONT after two seconds.",
            Inject = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Stop),
            Repair = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Continue),
            Lasts = TimeSpan.FromSeconds(2),
            Return = "judging goes on; it answers again, and is told of the gap in its events",
        },
        Hit("agent stopped for ever") with
        {
            AgentEnds = 1,
            Description = "SIGSTOP, until somebody ends it.",
            Inject = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Stop),
            Repair = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Kill),
            Lasts = TimeSpan.FromSeconds(2),
            Return = StartedAgain,
        },
        Hit("agent killed three times in a row") with
        {
            AgentEnds = 3,
            Description = "SIGKILL as soon as it answers again, three times.",
            Inject = static machine =>
            {
                for (int i = 0; i < 3; i++)
                    machine.KillAndAwaitNext(MachineRole.Agent, TimeSpan.FromSeconds(5));
            },
            Return = "judging goes on; started again after 100, 200 and 400 ms",
        },
        Talk("garbage on the control socket", "Noise instead of requests, a hundred times.", Unmoved, static machine =>
        {
            for (int i = 0; i < 100; i++)
                Say(machine, Noise(4096, i));
        }),
        Talk("endless line on the control socket", "32 MiB without a line end.", Unmoved, static machine =>
        {
            byte[] text = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            Say(machine, Enumerable.Repeat(text, 32));
        }),
        Talk("half requests on the control socket", "Two hundred connections that end in the middle of a request.", Unmoved, static machine =>
        {
            for (int i = 0; i < 200; i++)
                Say(machine, "{\"operation\":\"sta"u8.ToArray());
        }),
        Talk("deeply nested request on the control socket", "JSON of a hundred thousand levels.", Unmoved, static machine =>
            Say(machine, Encoding.ASCII.GetBytes(new string('[', 100_000) + "\n"))),
        Talk("flood of requests on the control socket", "As many status requests as go into a second and a half.", "answered in turn; judging does not wait for them", static machine =>
        {
            long began = WorkProbe.Now;
            while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1.5))
                _ = machine.TryStatus();
        }),
        Idle("connections held open on the control socket", "Three hundred connections that say nothing.", ""),
        Idle("watchers that do not read", "A hundred watch requests for all events, of which nothing is read.", "{\"operation\":\"watch\",\"all\":true}\n"),
    ];

    private static Fault Ended(string name, Signals signal) => Hit(name) with
    {
        Description = $"Signal {(int)signal} to the agent.",
        Inject = machine => FaultedMachine.End(machine.Pid(MachineRole.Agent), signal),
        AgentEnds = 1,
    };

    private static Fault Talk(string name, string what, string comesBack, Action<FaultedMachine> talk) => Hit(name) with
    {
        Description = what,
        Inject = talk,
        Return = comesBack,
    };

    private static Fault Idle(string name, string what, string request)
    {
        var held = new List<Socket>();
        return Hit(name) with
        {
            Description = what,
            Inject = machine =>
            {
                for (int i = 0; i < (request.Length == 0 ? 300 : 100); i++)
                {
                    if (Connect(machine) is not { } socket)
                        continue;
                    held.Add(socket);
                    Send(socket, Encoding.ASCII.GetBytes(request));
                }
            },
            Repair = _ =>
            {
                foreach (Socket socket in held)
                    socket.Dispose();
                held.Clear();
            },
            Return = "further connections are refused until some end; judging does not wait for them",
        };
    }

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Agent,
        Description = name,
        Inject = static _ => { },
        Lasts = TimeSpan.FromSeconds(1),
        Return = StartedAgain,
    };

    private static byte[] Noise(int length, int seed)
    {
        byte[] noise = new byte[length];
#pragma warning disable CA5394 // Noise of a seed, not a secret.
        new Random(seed).NextBytes(noise);
#pragma warning restore CA5394
        return noise;
    }

    private static void Say(FaultedMachine machine, params IEnumerable<byte[]> parts)
    {
        using Socket? socket = Connect(machine);
        foreach (byte[] part in parts)
            Send(socket, part);
    }

    private static Socket? Connect(FaultedMachine machine)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = 500, Blocking = true };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(machine.Folders.Control));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static void Send(Socket? socket, byte[] bytes)
    {
        try
        {
            _ = socket?.Send(bytes);
        }
        catch (SocketException)
        {
            // Closed by the agent, as it should be.
        }
    }
}
