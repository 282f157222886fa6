using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Reactor;

namespace Outwork.Kernel.Tests;

/// <summary>What other threads ask of the reactor; the test is the reactor.</summary>
public sealed class ReactorInboxTests : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly ReactorInbox _inbox;

    public ReactorInboxTests() => _inbox = new ReactorInbox(_wake, new ReactorFaults());

    public void Dispose() => _wake.Dispose();

    [Fact]
    public void What_was_given_up_is_not_done_later()
    {
        int done = 0;
        Assert.Equal(0, _inbox.Ask(() => ++done, TimeSpan.FromMilliseconds(20)));

        _inbox.Drain();

        Assert.Equal(0, done);
    }

    [Fact]
    public async Task What_has_begun_is_waited_for()
    {
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var asked = Task.Run(() => _inbox.Ask(() => { begun.Set(); goOn.Wait(TestContext.Current.CancellationToken); return 7; }, TimeSpan.FromMilliseconds(200)), TestContext.Current.CancellationToken);
        var reactor = Task.Run(
            () =>
            {
                while (!begun.IsSet) _inbox.Drain();
            },
            TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<TimeoutException>(() => asked.WaitAsync(TimeSpan.FromMilliseconds(400), TestContext.Current.CancellationToken));
        goOn.Set();

        Assert.Equal(7, await asked);
        await reactor;
    }
}
