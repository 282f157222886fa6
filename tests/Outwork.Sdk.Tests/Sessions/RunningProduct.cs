using Outwork.Platform.Linux.Sessions;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>A product on threads of this process, over the real transport.</summary>
internal sealed class RunningProduct : IDisposable
{
    private readonly Thread _thread;
    private int _exit = -1;

    public RunningProduct(SecurityProduct product, string? content = null, BrokerSessionOptions? options = null)
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        Broker = new TestBroker(brokerEnd, options);
        _thread = new Thread(() =>
        {
            using LinuxProductChannel channel = LinuxProductChannel.Connect(productEnd);
            _exit = ProductHost.Run(product, channel, content);
        });
        _thread.Start();
        Broker.WaitForSubscription();
    }

    public TestBroker Broker { get; }

    /// <summary>Waits until the product's Main would have returned.</summary>
    public int ExitCode()
    {
        Assert.True(_thread.Join(TimeSpan.FromSeconds(20)), "the product did not end");
        return _exit;
    }

    public void Dispose()
    {
        Broker.Dispose();
        ExitCode();
    }
}
