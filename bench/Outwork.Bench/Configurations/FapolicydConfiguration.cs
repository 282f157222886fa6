using Outwork.Bench.Guarded;
using Outwork.Bench.Running;

namespace Outwork.Bench.Configurations;

/// <summary>
/// Debian's fapolicyd with its sample rules and the whole root in its trust database, permissive, as the peer. It runs by
/// chroot inside the mount (workloads/fapolicyd-root.sh says why).
/// </summary>
internal sealed class FapolicydConfiguration(GuardedMount mount, TimeProvider time) : IConfiguration
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public string Id => "fapolicyd";

    public string Name => "fapolicyd";

    public async Task<IAsyncDisposable> StartAsync(CancellationToken cancel)
    {
        var pidFile = mount.Outside("/run/fapolicyd.pid");
        File.Delete(pidFile);
        var process = KeptProcess.Start(mount.Keeper, "chroot", mount.Root, "/usr/sbin/fapolicyd", "--permissive");
        try
        {
            var start = time.GetTimestamp();
            while (!Guards(pidFile))
            {
                if (time.GetElapsedTime(start) > StartTimeout)
                    throw new BenchFailedException($"fapolicyd set no mark within {StartTimeout.TotalSeconds:0} s; printed: {process.Printed()}");
                await Task.Delay(Poll, time, cancel);
            }
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    // It says nothing when it is ready; the kernel does: the descriptor's information lists the marks of the group.
    private static bool Guards(string pidFile)
    {
        try
        {
            var information = $"/proc/{File.ReadAllText(pidFile).Trim()}/fdinfo";
            return Directory.EnumerateFiles(information)
                .Any(file => File.ReadLines(file).Any(line => line.StartsWith("fanotify mnt_id:", StringComparison.Ordinal)
                    || line.StartsWith("fanotify sdev:", StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            return false;
        }
    }
}
