using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Kernel.Tests;

/// <summary>The second thread, when the first does not turn.</summary>
public sealed class DeadlineGuardTests : IAuthEventReader, IProcessOwnership, IDisposable
{
    private const int OwnPid = 7, OtherPid = 8;
    private readonly VerdictCounters _counters = new();
    private readonly List<(int Handle, Verdict Verdict)> _answers = [];
    private readonly ProgressPage _progress = ProgressPage.Create();
    private int _reads;

    [Theory]
    [InlineData(OnFailure.Open, Verdict.Allow)]
    [InlineData(OnFailure.Closed, Verdict.Deny)]
    public void Events_that_a_stalled_reactor_leaves_are_answered(OnFailure onStall, Verdict answer)
    {
        using (var guard = Start(onStall))
            BrokerUnderTest.Eventually(() => Volatile.Read(ref _reads) > 1, "a look at the events");
        Assert.Equal([(1, Verdict.Allow), (2, answer)], _answers);
        Assert.Equal(1, _counters.Of(VerdictFailure.ReactorStalled));
        Assert.Equal(1, _counters.Of(VerdictSource.Own, Verdict.Allow));
    }

    [Fact]
    public void Events_of_a_reactor_that_turns_are_left_to_it()
    {
        using var guard = Start(OnFailure.Open);
        SpinWait.SpinUntil(
            () =>
            {
                guard.ReactorTurned();
                return false;
            },
            TimeSpan.FromSeconds(1.2));
        Assert.Equal(0, _reads);
    }

    public void Dispose() => _progress.Dispose();

    int IAuthEventReader.ReadBeside(Span<AuthEvent> events)
    {
        if (Interlocked.Increment(ref _reads) != 1) return 0;
        events[0] = new AuthEvent(EventKind.Exec, OwnPid, 1, 0);
        events[1] = new AuthEvent(EventKind.Exec, OtherPid, 2, 0);
        return 2;
    }

    void IAuthEventReader.Answer(int handle, Verdict verdict) => _answers.Add((handle, verdict));

    bool IProcessOwnership.IsOwn(int pid) => pid == OwnPid;

    private DeadlineGuard Start(OnFailure onStall)
    {
        var time = TimeProvider.System;
        var poll = new ProductPoll(new VerdictEngineOptions(), new NoSource(), new SessionRegistry(time), _counters, time);
        var guard = new DeadlineGuard(poll, this, this, _progress, _counters, () => onStall, new ReactorFaults());
        guard.Start();
        return guard;
    }

    // Nothing is pending, so nothing is asked of it.
    private sealed class NoSource : IAuthSource
    {
        public bool TryGetFacts(int handle, out FileFacts facts) => throw new InvalidOperationException();

        public ContentClass Classify(int handle, in FileFacts facts) => throw new InvalidOperationException();

        public string GetPath(int handle) => throw new InvalidOperationException();

        public bool Respond(int handle, Verdict verdict) => throw new InvalidOperationException();

        public void Release(int handle) => throw new InvalidOperationException();

        public void ReleaseKept(int handle) => throw new InvalidOperationException();

        public bool TrySetCacheMark(int handle, in FileFacts facts) => throw new InvalidOperationException();

        public void RemoveCacheMark(int handle) => throw new InvalidOperationException();

        public bool TryWatchWrites(int handle) => throw new InvalidOperationException();

        public bool HasWriter(int handle) => throw new InvalidOperationException();

        public bool HasOtherWriter(int handle, int pid) => throw new InvalidOperationException();

        public void FlushCacheMarks() => throw new InvalidOperationException();
    }
}
