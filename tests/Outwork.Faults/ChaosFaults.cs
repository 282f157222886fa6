using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Faults;

/// <summary>Every behaviour of the chaos products, under the real warden and the real broker.</summary>
internal static class ChaosFaults
{
    private const string Crashes = "started again after 100 ms, doubled each time to 5 s";
    private const string Hangs = "demoted at the eighth miss; asked again when it was ended and started anew";
    private const string Ended = "its own doing ends; a new process is a good one";
    private const string Session = "its session is closed and it is started again";
    private const string Refused = "its frames are refused and counted; the good one among them counts";

    private static readonly TimeSpan UntilDemoted = TimeSpan.FromMilliseconds(2800);

    public static IReadOnlyList<Fault> All { get; } =
    [
        Chaos(ChaosBehavior.DiesOnEvent, "an exception that nobody catches, on every event", Crashes),
        Chaos(ChaosBehavior.CrashesInNativeCode, "a memory fault in native code, on every question", Crashes),
        Chaos(ChaosBehavior.OverflowsStack, "the stack overflows", Crashes),
        Chaos(ChaosBehavior.RunsOutOfMemory, "allocates until there is no memory for it", Crashes, seconds: 3),
        Chaos(ChaosBehavior.ExitsZero, "ends in order in the middle of its work", Crashes),
        Chaos(ChaosBehavior.DetachesInMidFrame, "ends after the first half of a frame", Crashes),
        Chaos(ChaosBehavior.LoopsForever, "never comes back from judging, and takes a processor", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.Deadlocks, "its judging threads wait for each other", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.SleepsPastDeadlines, "sleeps for a minute over every question", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.AnswersLate, "answers each question 50 ms after its deadline", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.NeverAnswers, "judges and never sends the answer", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.StopsReading, "takes nothing from its ring any more", Hangs) with { Lasts = UntilDemoted },
        Chaos(ChaosBehavior.ObservesSlowly, "takes 20 ms for each notification", "what it does not read is shed, by value, and told as a gap"),
        Chaos(ChaosBehavior.LeaksMemory, "keeps 64 KiB of each question", Ended),
        Chaos(ChaosBehavior.LeaksDescriptors, "keeps a file open of every fourth question", Ended),
        Chaos(ChaosBehavior.LeaksThreads, "leaves a thread behind for every tenth question", Ended),
        Chaos(ChaosBehavior.BusyAtRest, "takes a processor though nobody asks", Ended),
        Chaos(ChaosBehavior.ForksWithoutEnd, "starts processes with every question", "what it started ends with it, and with its control group"),
        Chaos(ChaosBehavior.OpensSockets, "opens sockets", "refused by its system call filter and told as events"),
        Chaos(ChaosBehavior.FillsDisk, "writes a temporary file without end", "its private /tmp is its own memory and goes with it"),
        Chaos(ChaosBehavior.FloodsReplies, "sends twenty replies to each question", Refused),
        Chaos(ChaosBehavior.FloodsLogs, "writes 64 KiB to standard error with each question", "64 KiB a second are logged, the rest is dropped and told"),
        Chaos(ChaosBehavior.FloodsSubscriptions, "subscribes anew with every question", "the last subscription holds"),
        Chaos(ChaosBehavior.SendsMalformedFrames, "sends frames of every malformed kind", Refused),
        Chaos(ChaosBehavior.BreaksRing, "writes a frame whose length cannot be", Session),
        Chaos(ChaosBehavior.AnswersForOthers, "answers questions that it was not asked", Refused),
        Chaos(ChaosBehavior.AnswersTwice, "answers each question twice, the second time with the contrary", "the first answer counts"),
        Chaos(ChaosBehavior.DeniesEverything, "denies whatever it is asked", "the administrator ends it or takes it out of the policy") with { DeniesByVerdict = true },
        AtStart(),
        Content(ChaosBehavior.AcceptsBrokenContent, "says of broken content that it is in force", "whole content is loaded as it comes"),
        Content(ChaosBehavior.DiesOfBrokenContent, "ends by an exception when its content does not load", Crashes),
        Closing(ChaosBehavior.AnswersAfterClosing, "goes on answering when its session is closed"),
        Closing(ChaosBehavior.IgnoresClosing, "lives on when its session is closed"),
        Closing(ChaosBehavior.OutlivesSession, "lives on when the broker is gone"),
    ];

    private static Fault Chaos(ChaosBehavior behavior, string what, string comesBack, double seconds = 1) => new()
    {
        Name = Words(behavior),
        Group = FaultGroup.Product,
        Description = $"The product: {what}.",
        Prepare = machine => machine.Unleash(behavior),
        Inject = static machine => machine.Aim(),
        Repair = static machine => machine.Calm(),
        Lasts = TimeSpan.FromSeconds(seconds),
        HitsVictim = true,
        Return = comesBack,
    };

    private static Fault AtStart() => Chaos(ChaosBehavior.DiesAtStart, "ends with an error before it subscribes", Crashes) with
    {
        Prepare = null,
        Inject = static machine =>
        {
            machine.Unleash(ChaosBehavior.DiesAtStart);
            machine.Aim();
        },
    };

    private static Fault Content(ChaosBehavior behavior, string what, string comesBack) => Chaos(behavior, what, comesBack) with
    {
        Inject = static machine =>
        {
            machine.Aim();
            File.WriteAllText(Path.Join(machine.Folders.Content(machine.Victim), ChaosPlan.FileName), "nonsense\n");
        },
    };

    // The broker closes sessions when it ends, and only then.
    private static Fault Closing(ChaosBehavior behavior, string what) => Chaos(behavior, what, "a new session with the new broker, or a new process") with
    {
        Inject = static machine =>
        {
            machine.Aim();
            FaultedMachine.Signal(machine.Pid(MachineRole.Broker), Signals.Terminate);
        },
        Lasts = TimeSpan.FromSeconds(3),
        LongestWait = Fault.Stall,
        Gap = TimeSpan.FromSeconds(5),
        HitsBroker = true,
    };

    // "FloodsReplies" becomes "product floods replies".
    private static string Words(ChaosBehavior behavior) =>
        "product" + string.Concat(behavior.ToString().Select(static letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
}
