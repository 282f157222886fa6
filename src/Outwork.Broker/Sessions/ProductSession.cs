using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Sessions;

/// <summary>One connected product: what it subscribed to, and how it has done. Reactor thread only.</summary>
public sealed class ProductSession(string name, int pid, ISessionTransport transport)
{
    private SubscribeRequest? _request;
    private ulong _lostForAll;

    /// <summary>Name, as the policy and the administrator know it.</summary>
    public string Name { get; } = name;

    /// <summary>Its process.</summary>
    public int Pid { get; } = pid;

    /// <summary>The way to it.</summary>
    public ISessionTransport Transport { get; } = transport;

    /// <summary>Whether it is asked. Its product's, which had it before this session and keeps it after; set by the registry.</summary>
    public ProductStanding Standing { get; internal set; } = null!;

    /// <summary>True once it subscribed.</summary>
    public bool IsSubscribed => _request is not null;

    /// <summary>True when it wants the file's descriptor beside a question.</summary>
    public bool WantsDescriptor => _request is { WantsDescriptor: true };

    /// <summary>What it says of itself.</summary>
    public string Health { get; set; } = "";

    /// <summary>Generation of its content; an answer of another one is not remembered.</summary>
    public ulong ContentGeneration { get; private set; }

    /// <summary>Version of its content, as it reports it.</summary>
    public string ContentVersion { get; private set; } = "";

    /// <summary>True while its new content waits to be taken: until then nothing that it says is remembered.</summary>
    public bool ContentChanged { get; set; }

    /// <summary>
    /// Stands for the content by which it judges. Content with a version is the same in every process of the product; without one
    /// it is only within this process.
    /// </summary>
    public ulong ContentPrint => ContentVersion.Length != 0
        ? Verdicts.Fingerprint.Of($"{Name}\0{ContentVersion}")
        : Verdicts.Fingerprint.Of($"{Name}\0{Pid}\0{ContentGeneration}");

    /// <summary>Questions asked.</summary>
    public ulong Asked { get; set; }

    /// <summary>Questions answered in time.</summary>
    public ulong Answered { get; set; }

    /// <summary>Deadlines missed.</summary>
    public ulong Missed { get; set; }

    /// <summary>Frames refused.</summary>
    public ulong Refused { get; set; }

    /// <summary>Events delivered.</summary>
    public ulong Delivered { get; private set; }

    /// <summary>True when messages were sent since the last wake-up.</summary>
    public bool NeedsWake { get; set; }

    /// <summary>True when it wants to be told of processes.</summary>
    public bool ObservesProcesses => Observes(EventKind.Exec) || Observes(EventKind.Fork) || Observes(EventKind.Exit);

    /// <summary>True when it must be told what runs now, since it was not told before or missed too much.</summary>
    public bool NeedsState { get; set; }

    /// <summary>Events lost on the way to it: what others got, it did not.</summary>
    public ulong LostInDelivery => Transport.Lost - _lostForAll;

    /// <summary>Takes the product's subscription; a later one replaces it. The name in it is a label: who it is, the warden says.</summary>
    public void Subscribe(SubscribeRequest request)
    {
        bool observed = ObservesProcesses;
        _request = request;
        NeedsState = ObservesProcesses && (NeedsState || !observed);
    }

    /// <summary>Counts events that were lost before anyone could be told; what became of them is told to everyone.</summary>
    public void CountLostForAll(EventKind kind, ulong events)
    {
        _lostForAll += events;
        Transport.CountLost(kind, 0, events);
    }

    /// <summary>True when it judges this kind.</summary>
    public bool Judges(EventKind kind) => _request is not null && _request.Asks(kind);

    /// <summary>True when it wants to be told of this kind.</summary>
    public bool Observes(EventKind kind) => _request is not null && _request.Tells(kind);

    /// <summary>Takes new content; false when it is the generation known.</summary>
    public bool TakeContent(ContentLoaded content)
    {
        if (content.Generation == ContentGeneration) return false;
        (ContentGeneration, ContentVersion) = (content.Generation, content.Version);
        return true;
    }

    /// <summary>True when its ring has room for an event that is shed from a fill of <paramref name="limit"/> percent of the share of notifications.</summary>
    public bool HasRoom(int limit) => Transport.PercentUsed * 100 < limit * (JudgesAny ? NotifyShedding.ShareBesideQuestions : NotifyShedding.ShareOfObserver);

    /// <summary>Delivers an encoded event.</summary>
    /// <param name="frame">A Notify frame.</param>
    /// <param name="pid">The process that it is put down to; 0 for none.</param>
    public void Deliver(ReadOnlySpan<byte> frame, int pid)
    {
        if (Transport.Deliver(frame, pid)) Delivered++;
        NeedsWake = true;
    }

    /// <summary>An immutable view.</summary>
    public ProductStatus Snapshot() => Standing.Describe(new ProductStatus
    {
        Name = Name,
        State = !IsSubscribed ? "connecting" : !JudgesAny ? "observing" : Standing.IsDemoted ? "demoted" : "judging",
        Pid = Pid,
        Health = Health,
        ContentGeneration = ContentGeneration,
        ContentVersion = ContentVersion,
        Asked = Asked,
        Answered = Answered,
        Missed = Missed,
        Refused = Refused,
        Delivered = Delivered,
        Lost = Transport.Lost,
    });

    private bool JudgesAny => _request is { AuthKinds: not 0 };
}
