using Outwork.Content.Mirrors;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Mirrors;

/// <summary>Metadata that is kept, when the power goes: nobody is led back to a version from before the one that he has seen.</summary>
public sealed class MetadataFolderTests
{
    private static readonly byte[] Old = [1, 1, 1, 1];
    private static readonly byte[] New = [2, 2, 2, 2, 2, 2];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Power_cut_at_any_operation_leaves_the_old_or_the_new_bytes_and_after_it_the_new(int survival)
    {
        var random = new Random(20261122);
        for (int cut = 1; ; cut++)
        {
            var disk = new FaultyDisk();
            var folder = new MetadataFolder(disk);
            folder.Write("timestamp", Old);
            disk.CutAt = disk.Operations + cut;
            bool isWritten = TryWrite(folder);
            disk.Reboot((Survival)survival, random);
            byte[] kept = folder.Read("timestamp")!.Value.ToArray();
            Assert.True(kept.AsSpan().SequenceEqual(New) || (!isWritten && kept.AsSpan().SequenceEqual(Old)), $"cut {cut}: {Convert.ToHexString(kept)}");
            folder.Write("timestamp", New);
            Assert.Equal(New, folder.Read("timestamp")!.Value.ToArray());
            if (isWritten)
                return;
        }
    }

    [Fact]
    public void Forgotten_metadata_does_not_come_back_after_a_power_cut()
    {
        var disk = new FaultyDisk();
        var folder = new MetadataFolder(disk);
        folder.Write("snapshot", Old);
        folder.Delete("snapshot");
        disk.Reboot(Survival.Nothing, new Random(1));
        Assert.Null(folder.Read("snapshot"));
        folder.Delete("snapshot");
    }

    [Fact]
    public void Names_that_no_file_can_have_are_kept_all_the_same()
    {
        var folder = new MetadataFolder(new FaultyDisk());
        string longName = new('é', 300);
        foreach (string role in (string[])["../../etc/passwd", "a b/c", longName])
        {
            folder.Write(role, New);
            Assert.Equal(New, folder.Read(role)!.Value.ToArray());
        }

        Assert.Null(folder.Read("other"));
    }

    private static bool TryWrite(MetadataFolder folder)
    {
        try
        {
            folder.Write("timestamp", New);
            return true;
        }
        catch (PowerCut)
        {
            return false;
        }
    }
}
