using Outwork.Broker.Execution;
using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>An engine among fakes: a kernel, processes, files, products and a clock, all played by the test.</summary>
internal sealed class EngineWorld : IProcessDirectory, IExecutionClassifier, IContentReader
{
    public const int OwnPid = 99;
    private readonly List<(ulong RequestId, FakeFile File)> _reading = [];

    public EngineWorld(PolicyDocument? policy = null, VerdictEngineOptions? options = null, ProductStandingOptions? standing = null)
    {
        Sessions = new SessionRegistry(Time, standing);
        Engine = new VerdictEngine(
            options ?? new VerdictEngineOptions { CacheCapacity = 16, DecisionRingCapacity = 32, MaxPending = 8, MaxPrejudging = 2 },
            Source, this, this, this, Sessions, Time)
        {
            OwnerOfUser = user => OwnerOfUser(user),
        };
        if (policy is not null) Apply(policy);
    }

    public ManualTime Time { get; } = new();

    public FakeAuthSource Source { get; } = new();

    public SessionRegistry Sessions { get; }

    public VerdictEngine Engine { get; }

    /// <summary>True while the readers' queue is full.</summary>
    public bool IsReaderBusy { get; set; }

    /// <summary>Whose a user id is.</summary>
    public Func<uint, uint> OwnerOfUser { get; set; } = static user => user;

    public int Reading => _reading.Count;

    public VerdictCounters Counters => Engine.Counters;

    public void Apply(PolicyDocument policy) => Engine.Apply(PolicyCompiler.Compile(policy));

    public FakeProduct Connect(string name, params ReadOnlySpan<EventKind> told)
    {
        var product = new FakeProduct(name, told);
        Sessions.Add(product.Session);
        return product;
    }

    public void Disconnect(FakeProduct product)
    {
        Sessions.Remove(product.Session);
        Engine.Poll.SessionEnded(product.Session);
    }

    /// <summary>Raises an event and has it judged; the event as the kernel sees it.</summary>
    public FakeAuthSource.Waiting Raise(EventKind kind, FakeFile file, int pid = 1)
    {
        var e = Source.Raise(kind, pid, file, Time.GetTimestamp());
        Engine.Handle(e);
        return Source.Events[e.Handle];
    }

    public FakeAuthSource.Waiting Execute(FakeFile file, int pid = 1) => Raise(EventKind.Exec, file, pid);

    /// <summary>The product answers its latest question.</summary>
    public void Reply(FakeProduct product, Verdict verdict, bool cacheable = true) =>
        Engine.Poll.TakeReply(product.Session, new AuthReply(product.Questions[^1].Question.RequestId, verdict, cacheable, product.Session.ContentGeneration, "why"));

    /// <summary>The oldest read is done.</summary>
    public void FinishReading(bool succeeds = true)
    {
        var (requestId, file) = _reading[0];
        _reading.RemoveAt(0);
        Engine.ContentRead(requestId, succeeds ? file.Content : ContentClass.Unknown, succeeds ? file.Sha256 : null);
    }

    /// <summary>Time passes, and the deadline guard looks.</summary>
    public void Wait(int milliseconds)
    {
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Engine.Poll.ExpireOverdue(TimeSpan.Zero);
    }

    /// <summary>Writes the file, as a program does that then closes it.</summary>
    public void Write(FakeFile file, bool isTold = true)
    {
        Source.Marks.Remove(file.Identity);
        file.ChangedNs = Time.UnixNs;
        file.Version++;
        if (isTold) Engine.ForgetFile(file.Identity.Device, file.Identity.Inode);
    }

    /// <summary>Everything that waits gets its answer, and nothing is left over.</summary>
    public void Settle()
    {
        Wait(60_000);
        Engine.Poll.Sweep();
        Assert.All(Source.Events, static e => Assert.NotEqual(Verdict.None, e.Answer));
        Assert.All(Source.Events, static e => Assert.True(e.IsReleased));
        Assert.Equal(0, Engine.Poll.Pending.Count);
        Assert.True(Engine.Poll.MayPrejudge);
        Assert.Equal(Source.Events.Count, Counters.Events);
        Assert.Equal(Source.Events.Count, Counters.Answers);
    }

    bool IProcessDirectory.IsOwn(int pid) => pid == OwnPid;

    ProcessInfo? IProcessDirectory.Find(int pid) => pid is > 0 and < 8
        ? new ProcessInfo { Id = ProcessId.From(1, pid, 1), Pid = pid, UserId = UserOf(pid), Executable = pid == 2 ? "/sh" : "/p" }
        : null;

    bool IProcessDirectory.TryGetUser(int pid, out uint userId)
    {
        userId = UserOf(pid);
        return pid is > 0 and < 8;
    }

    FileUse IExecutionClassifier.Classify(in AuthEvent e, ContentClass content, string path, ProcessInfo? subject) => new(Use(e.Kind, content, subject?.Executable));

    bool IContentReader.TryRead(ulong requestId, int handle, in FileFacts facts, bool withHash, uint user)
    {
        if (IsReaderBusy) return false;
        _reading.Add((requestId, Source.Events[handle].File));
        return true;
    }

    /// <summary>Images are run by the kernel or mapped, scripts are run by a shell, all else is data.</summary>
    public static ExecVia Use(EventKind kind, ContentClass content, string? program) => (kind, content) switch
    {
        (EventKind.Exec, _) => ExecVia.Direct,
        (_, ContentClass.Image) => ExecVia.Library,
        (_, ContentClass.Script) when program == "/sh" => ExecVia.Script,
        _ => ExecVia.None,
    };

    private static uint UserOf(int pid) => pid switch { 3 => 1_000, 7 => 100_000, _ => 0 };
}
