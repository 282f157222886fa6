namespace Outwork.Cli.Certify;

/// <summary>The stable names, in the report's order.</summary>
internal static class CheckNames
{
    public const string Subscribes = "functional.subscribes";
    public const string Program = "functional.program";
    public const string Script = "functional.script";
    public const string EmptyFile = "functional.empty-file";
    public const string DeletedFile = "functional.deleted-file";
    public const string NoDescriptor = "functional.no-descriptor";
    public const string Prejudged = "functional.prejudged";
    public const string ConcurrentDeadlines = "deadline.concurrent";
    public const string ShortDeadlines = "deadline.short";
    public const string LoadAnswers = "load.answers";
    public const string LoadMemory = "load.memory";
    public const string LoadDescriptors = "load.descriptors";
    public const string LoadThreads = "load.threads";
    public const string LoadLog = "load.log";
    public const string LoadRest = "load.rest";
    public const string LoadEvents = "load.events";
    public const string ContentLoads = "content.loads";
    public const string ContentMalformed = "content.malformed";
    public const string ContentRemoved = "content.removed";
    public const string ContentRestored = "content.restored";
    public const string ProtocolFrames = "protocol.frames";
    public const string ProtocolAnswers = "protocol.answers";
    public const string ProtocolQuiet = "protocol.quiet";
    public const string Applied = "confinement.applied";
    public const string Processes = "confinement.processes";
    public const string Attempts = "confinement.attempts";
    public const string Disk = "confinement.disk";
    public const string Network = "confinement.network";
    public const string Limits = "confinement.limits";
    public const string StaysUp = "faults.stays-up";
    public const string Close = "faults.close";
    public const string SessionLost = "faults.session-lost";

    public static IReadOnlyList<string> All { get; } =
    [
        Subscribes, Program, Script, EmptyFile, DeletedFile, NoDescriptor, Prejudged, ConcurrentDeadlines, ShortDeadlines,
        LoadAnswers, LoadMemory, LoadDescriptors, LoadThreads, LoadLog, LoadRest, LoadEvents,
        ContentLoads, ContentMalformed, ContentRemoved, ContentRestored,
        ProtocolFrames, ProtocolAnswers, ProtocolQuiet,
        Applied, Attempts, Processes, Disk, Network, Limits,
        StaysUp, Close, SessionLost,
    ];
}
