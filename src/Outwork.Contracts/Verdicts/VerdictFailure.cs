namespace Outwork.Contracts.Verdicts;

/// <summary>
/// Every way in which judging can go wrong. Closed: each has a counter, an action and a test; docs/failures.md lists them.
/// The values are frozen.
/// </summary>
public enum VerdictFailure : byte
{
    /// <summary>Nothing failed.</summary>
    None = 0,

    /// <summary>No answer came in time. Action: the rule's on-failure; never cached.</summary>
    DeadlineMissed = 1,

    /// <summary>The product's ring or descriptor queue was full. Action: the rule's on-failure.</summary>
    QueueFull = 2,

    /// <summary>Too many questions are pending. Action: the rule's on-failure.</summary>
    TooManyPending = 3,

    /// <summary>The product asked for is not connected. Action: the rule's on-failure.</summary>
    ProductAbsent = 4,

    /// <summary>The product's session ended while it judged. Action: the rule's on-failure.</summary>
    ProductCrashed = 5,

    /// <summary>A frame did not decode. Action: counted, the frame dropped, the question stays open until its deadline.</summary>
    MalformedReply = 6,

    /// <summary>A reply named a question that the product was never asked. Action: counted and dropped.</summary>
    UnknownReply = 7,

    /// <summary>A reply came after the answer was given. Action: counted and dropped.</summary>
    LateReply = 8,

    /// <summary>The answer could not be given to the operating system. Action: counted; the system has let go of the event already.</summary>
    ResponseWriteFailed = 9,

    /// <summary>The operating system's own queue overflowed. Action: counted and told as a gap.</summary>
    EventQueueOverflow = 10,

    /// <summary>No descriptor was left to receive an event with. Action: counted, everything remembered is forgotten, and it is tried again.</summary>
    DescriptorsExhausted = 11,

    /// <summary>The file could not be read for hashing or classification. Action: the rule's on-failure.</summary>
    FileUnreadable = 12,

    /// <summary>NOTIFY events were lost. Action: counted and told as a gap.</summary>
    TelemetryLost = 13,

    /// <summary>A cache mark could not be set in the operating system. Action: counted; later events are asked again.</summary>
    CacheMarkFailed = 14,

    /// <summary>The broker's reactor did not turn while events waited. Action: a second thread lets them through, loudly.</summary>
    ReactorStalled = 15,

    /// <summary>The content changed while it was judged, and again while it was judged anew. Action: the rule's on-failure; never cached.</summary>
    ContentChanged = 16,

    /// <summary>The product asked for missed too many deadlines and is not asked for now. Action: the rule's on-failure, at once.</summary>
    ProductDemoted = 17,
}

/// <summary>What the policy says when judging fails. The values are frozen.</summary>
public enum OnFailure : byte
{
    /// <summary>Let it happen.</summary>
    Open = 0,

    /// <summary>Refuse it.</summary>
    Closed = 1,
}

/// <summary>How much a rule's verdict counts. The values are frozen.</summary>
public enum RuleStage : byte
{
    /// <summary>Only counted.</summary>
    Shadow = 0,

    /// <summary>Reported, with the verdict it would have given, and not enforced.</summary>
    Audit = 1,

    /// <summary>In force.</summary>
    Enforce = 2,
}
