namespace Outwork.Bench.Configurations;

/// <summary>Nothing installed: no mark on the mount.</summary>
internal sealed class BareConfiguration : IConfiguration, IAsyncDisposable
{
    public string Id => "bare";

    public string Name => "nothing installed";

    public Task<IAsyncDisposable> StartAsync(CancellationToken cancel) => Task.FromResult<IAsyncDisposable>(this);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
