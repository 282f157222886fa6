using Outwork.Bench.Guarded;
using Outwork.Bench.Running;

namespace Outwork.Bench.Configurations;

/// <summary>bench/responder: the limit.</summary>
internal sealed class ResponderConfiguration(GuardedMount mount, string id, string name, params string[] arguments) : IConfiguration
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    public string Id => id;

    public string Name => name;

    public async Task<IAsyncDisposable> StartAsync(CancellationToken cancel)
    {
        var process = KeptProcess.Start(mount.Keeper, mount.Responder, [mount.Root, "--seconds", "300", .. arguments]);
        try
        {
            await process.WaitForLineAsync("ready", StartTimeout, cancel);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
