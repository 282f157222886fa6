using Outwork.Agent.Broker;

namespace Outwork.Agent.Tests.Support;

/// <summary>A link to a fake broker, with its reader running.</summary>
internal sealed class RunningLink : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public RunningLink(FakeBroker broker, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        Link = new BrokerLink(broker.AgentStream, timeout ?? TimeSpan.FromSeconds(10), time ?? TimeProvider.System);
        Running = Link.RunAsync(_stopping.Token);
    }

    public BrokerLink Link { get; }

    public Task Running { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Running;
        Link.Dispose();
        _stopping.Dispose();
    }
}
