using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Loading;

public sealed class ScanContentSlotTests
{
    [Fact]
    public void Replaced_content_is_freed_when_the_last_scan_with_it_ends()
    {
        using var slot = new ScanContentSlot();
        ScanContent first = Content();
        ScanContent second = Content();
        slot.Replace(first);
        ScanContentSlot.Lease one = slot.Acquire();
        ScanContentSlot.Lease two = slot.Acquire();
        slot.Replace(second);
        Assert.False(first.IsFreed);
        one.Dispose();
        Assert.False(first.IsFreed);
        two.Dispose();
        Assert.True(first.IsFreed);
        Assert.False(first.TryAddReference());
        using (ScanContentSlot.Lease lease = slot.Acquire())
            Assert.Same(second, lease.Content);
        Assert.False(second.IsFreed);
    }

    [Fact]
    public void An_empty_slot_leases_nothing()
    {
        using var slot = new ScanContentSlot();
        using ScanContentSlot.Lease lease = slot.Acquire();
        Assert.Null(lease.Content);
    }

    [Fact]
    public async Task Threads_never_hold_freed_content_and_all_of_it_is_freed()
    {
        var all = new List<ScanContent>();
        var slot = new ScanContentSlot();
        slot.Replace(Content());
        using var stop = new CancellationTokenSource();
        using var running = new CountdownEvent(4);
        Task<long>[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
        {
            running.Signal();
            long leases = 0;
            do
            {
                using ScanContentSlot.Lease lease = slot.Acquire();
                Assert.False(lease.Content!.IsFreed);
                leases++;
            }
            while (!stop.IsCancellationRequested);

            return leases;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        running.Wait();
        for (int i = 0; i < 20_000; i++)
        {
            ScanContent content = Content();
            all.Add(content);
            slot.Replace(content);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), leases => Assert.True(leases > 0));
        slot.Dispose();
        Assert.All(all, content => Assert.True(content.IsFreed));
    }

    private static ScanContent Content() => new("1", ContentLimits.DefaultScanLimit, [], [], rules: null);
}
