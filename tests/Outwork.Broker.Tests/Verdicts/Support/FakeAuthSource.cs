using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>Events that wait, and a kernel's insistence: each handle is answered once, then released once, and not used after.</summary>
internal sealed class FakeAuthSource : IAuthSource
{
    private readonly Lock _lock = new();
    private readonly List<Waiting> _events = [];

    public HashSet<FileIdentity> Marks { get; } = [];

    /// <summary>True while the system takes no answers and no marks.</summary>
    public bool IsFailing { get; set; }

    /// <summary>True while the question about writers throws, as a bug would.</summary>
    public bool ThrowsAboutWriters { get; set; }

    /// <summary>Called with each answer.</summary>
    public Action<Waiting>? Answered { get; set; }

    public IReadOnlyList<Waiting> Events => _events;

    public AuthEvent Raise(EventKind kind, int pid, FakeFile file, long now)
    {
        var e = new AuthEvent(kind, pid, _events.Count, now);
        lock (_lock) _events.Add(new Waiting(e, file));
        return e;
    }

    public bool TryGetFacts(int handle, out FileFacts facts)
    {
        var file = InUse(handle).File;
        facts = file.Facts;
        return !file.IsUnreadable;
    }

    public ContentClass Classify(int handle, in FileFacts facts) => InUse(handle).File is { IsCold: false } file ? file.Content : ContentClass.Unknown;

    public string GetPath(int handle) => InUse(handle).File.Path;

    public bool Respond(int handle, Verdict verdict)
    {
        lock (_lock)
        {
            var waiting = InUse(handle);
            Assert.True(waiting.Answer == Verdict.None, $"event {handle} is answered twice");
            Assert.True(verdict is Verdict.Allow or Verdict.Deny, $"event {handle} is answered {verdict}");
            waiting.Answer = verdict;
            Answered?.Invoke(waiting);
            return !IsFailing;
        }
    }

    public void Release(int handle)
    {
        lock (_lock)
        {
            var waiting = InUse(handle);
            Assert.True(waiting.Answer != Verdict.None, $"event {handle} is released without an answer");
            waiting.IsReleased = true;
        }
    }

    public void ReleaseKept(int handle) => Release(handle);

    public bool TrySetCacheMark(int handle, in FileFacts facts)
    {
        var file = InUse(handle).File;
        if (IsFailing || file.Identity != facts.Identity) return false;
        Marks.Add(facts.Identity);
        return true;
    }

    public void RemoveCacheMark(int handle) => Marks.Remove(InUse(handle).File.Identity);

    public bool TryWatchWrites(int handle) => InUse(handle).File is not null;

    public bool HasWriter(int handle) => ThrowsAboutWriters ? throw new InvalidOperationException("a bug") : InUse(handle).File.HasWriter;

    public bool HasOtherWriter(int handle, int pid) => InUse(handle).File.HasWriter;

    public void FlushCacheMarks() => Marks.Clear();

    private Waiting InUse(int handle)
    {
        lock (_lock)
        {
            var waiting = _events[handle];
            Assert.False(waiting.IsReleased, $"the handle of event {handle} is used after it was released");
            return waiting;
        }
    }

    /// <summary>One event.</summary>
    internal sealed class Waiting(AuthEvent e, FakeFile file)
    {
        public AuthEvent Event => e;

        public FakeFile File => file;

        public Verdict Answer { get; set; }

        public bool IsReleased { get; set; }
    }
}
