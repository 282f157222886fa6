using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Supervision;

// Speaks the warden's real link, judges nothing. What it was told goes to standard error, one line each, for the tests to
// read. The file "broker.behaviour" beside it may say: "die" (end after reporting protection), "never" (end before) "hang" (ignore Stop) or
// "drop" (report the end of the first product's session).
// Its reactor is this loop, which turns every 100 ms.
string behaviourFile = Path.Join(AppContext.BaseDirectory, "broker.behaviour");
string behaviour = File.Exists(behaviourFile) ? File.ReadAllText(behaviourFile).Trim() : "";
using WardenLinkClient? link = WardenLinkClient.FromEnvironment();
using SafeFileHandle? instanceLock = InheritedDescriptors.Take(InstanceLock.Variable);
using ProgressPage progress = ProgressPage.FromEnvironment();
if (link is null || instanceLock is null || behaviour == "never")
    return 2;

var descriptors = new List<SafeFileHandle>();
var poll = new DescriptorPoll();
Console.Error.WriteLine($"broker {Environment.ProcessId} lock {instanceLock is not null}");
while (true)
{
    poll.Clear();
    _ = poll.Add(link.Handle);
    poll.Wait(TimeSpan.FromMilliseconds(100));
    progress.Advance();
    LinkReceiveState state;
    while ((state = link.TryReceive(out ReceivedCommand received)) == LinkReceiveState.Message)
    {
        Console.Error.WriteLine($"told {received.Command} descriptor {received.Descriptor is not null}");
        if (received.Descriptor is not null)
            descriptors.Add(received.Descriptor);
        switch (received.Command)
        {
            case VerdictMemoryCommand when received.Descriptor is { } memory:
                // How many brokers have had it.
                byte[] count = new byte[1];
                _ = RandomAccess.Read(memory, count, 0);
                count[0]++;
                RandomAccess.Write(memory, count, 0);
                Console.Error.WriteLine($"memory {count[0]}");
                break;
            case ProcessSpawningCommand:
                link.Send(new AcknowledgedReport(received.Sequence));
                break;
            case AgentControlCommand:
                link.Send(new GuardingReport(On: true, Milliseconds: 1, FileSystems: 1, "exec and open", ""));
                if (behaviour == "die")
                    return 7;
                break;
            case ProductSessionCommand session when behaviour == "drop":
                link.Send(new SessionEndedReport(session.ProcessId));
                behaviour = "";
                break;
            case StopCommand when behaviour != "hang":
                link.Send(new StoppedReport());
                return 0;
        }
    }

    if (state is LinkReceiveState.Closed)
        return 0;

    if (state is LinkReceiveState.Malformed)
        return 3;
}
