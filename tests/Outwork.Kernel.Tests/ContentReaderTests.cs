using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Content;
using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Reactor;

namespace Outwork.Kernel.Tests;

/// <summary>The queues of files to be read are shared out.</summary>
public sealed class ContentReaderTests
{
    private const uint Regular = 0x8000;

    [Fact]
    public void No_user_fills_the_queue_of_files_to_be_hashed()
    {
        string path = Path.GetTempFileName();
        using var wake = new WakeEvent();
        var faults = new ReactorFaults();
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reader = new ContentReader(new ReactorInbox(wake, faults), faults)
        {
            // Holds the thread that hashes.
            IsWanted = _ =>
            {
                free.Task.GetAwaiter().GetResult();
                return false;
            },
        };
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            int handle = (int)file.DangerousGetHandle();
            var facts = new FileFacts(new FileIdentity(1, 1, 0, 0, 0), Regular, 0);

            int first = Fill(user: 1_000), second = Fill(user: 1_001), root = Fill(user: 0);

            // One may be with the thread already.
            Assert.InRange(first, 96, 97);
            Assert.InRange(first + second, 112, 113);
            Assert.InRange(first + second + root, 128, 129);

            int Fill(uint user)
            {
                int taken = 0;
                while (taken < 1_000 && reader.TryRead((ulong)taken, handle, facts, withHash: true, user)) taken++;
                return taken;
            }
        }
        finally
        {
            free.SetResult();
            File.Delete(path);
        }
    }
}
