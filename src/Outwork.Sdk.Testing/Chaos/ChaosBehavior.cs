namespace Outwork.Sdk.Testing.Chaos;

/// <summary>One way in which a product can be broken or hostile. Each begins with the question that the plan names; before, the product is a good one.</summary>
public enum ChaosBehavior
{
    /// <summary>None: allows everything, loads its content, ends when told to. To compare with.</summary>
    Behaves,

    /// <summary>Ends with an error before it subscribes.</summary>
    DiesAtStart,

    /// <summary>Ends by an exception that nobody catches, on the Nth event.</summary>
    DiesOnEvent,

    /// <summary>Ends by a memory fault (SIGSEGV) in native code.</summary>
    CrashesInNativeCode,

    /// <summary>Calls itself until the stack is full.</summary>
    OverflowsStack,

    /// <summary>Allocates until there is no memory for it.</summary>
    RunsOutOfMemory,

    /// <summary>Ends in order, with code 0, in the middle of its work.</summary>
    ExitsZero,

    /// <summary>Never comes back from judging, and takes a processor all the while.</summary>
    LoopsForever,

    /// <summary>Its judging threads wait for each other.</summary>
    Deadlocks,

    /// <summary>Sleeps for a minute over every question.</summary>
    SleepsPastDeadlines,

    /// <summary>Answers each question, 50 ms after its deadline.</summary>
    AnswersLate,

    /// <summary>Judges, and never sends the answer.</summary>
    NeverAnswers,

    /// <summary>Takes nothing from its ring any more.</summary>
    StopsReading,

    /// <summary>Takes 20 ms to observe each notification.</summary>
    ObservesSlowly,

    /// <summary>Keeps 64 KiB of each question.</summary>
    LeaksMemory,

    /// <summary>Keeps a file open of every fourth question.</summary>
    LeaksDescriptors,

    /// <summary>Leaves a thread behind for every tenth question.</summary>
    LeaksThreads,

    /// <summary>Takes a processor although nobody asks anything.</summary>
    BusyAtRest,

    /// <summary>Starts processes with every question; at most <see cref="ChaosPlan.MostProcesses"/>, which end with it.</summary>
    ForksWithoutEnd,

    /// <summary>Opens sockets; at most 40.</summary>
    OpensSockets,

    /// <summary>Writes a temporary file without end; at most <see cref="ChaosPlan.MostDiskBytes"/>, and without a name, so that it goes with the process.</summary>
    FillsDisk,

    /// <summary>Sends twenty replies to each question.</summary>
    FloodsReplies,

    /// <summary>Writes 64 KiB to standard error with each question.</summary>
    FloodsLogs,

    /// <summary>Subscribes anew with every question.</summary>
    FloodsSubscriptions,

    /// <summary>Sends frames of every malformed kind that leaves the ring whole: see <see cref="MalformedFrames"/>.</summary>
    SendsMalformedFrames,

    /// <summary>Writes a frame whose length cannot be, which breaks the ring.</summary>
    BreaksRing,

    /// <summary>Writes the first half of a frame and ends.</summary>
    DetachesInMidFrame,

    /// <summary>Answers its question, and two that it was never asked.</summary>
    AnswersForOthers,

    /// <summary>Answers each question twice, the second time with the contrary.</summary>
    AnswersTwice,

    /// <summary>Goes on answering old questions when the session is closed, and ends then.</summary>
    AnswersAfterClosing,

    /// <summary>Denies whatever it is asked.</summary>
    DeniesEverything,

    /// <summary>Says of every content that it is in force.</summary>
    AcceptsBrokenContent,

    /// <summary>Ends by an exception that nobody catches when its content does not load.</summary>
    DiesOfBrokenContent,

    /// <summary>Lives on when the broker closes the session.</summary>
    IgnoresClosing,

    /// <summary>Lives on when the broker is gone.</summary>
    OutlivesSession,
}
