using Outwork.Contracts.Products;

namespace Outwork.Platform.Linux.Tests.Sandbox;

public sealed class MachineShareTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Product_gets_no_more_than_a_quarter_of_the_memory_and_all_processors_but_one()
    {
        ProductGrant granted = MachineShare.Of(16 * GiB, 4).Cut(new ProductGrant { MemoryMiB = 8_192, CpuPercent = 400, Processes = 4_096 }, out List<string> cuts);
        Assert.Equal((4_096, 300, 512), (granted.MemoryMiB, granted.CpuPercent, granted.Processes));
        Assert.Equal(["4096 MiB of memory instead of 8192", "300 % of a processor instead of 400", "512 processes and threads instead of 4096"], cuts);
    }

    [Fact]
    public void Small_machine_cuts_no_default()
    {
        Assert.Equal(ProductGrant.Default, MachineShare.Of(GiB, 1).Cut(ProductGrant.Default, out List<string> cuts));
        Assert.Empty(cuts);
    }

    [Fact]
    public void Less_than_the_share_is_granted_as_it_is()
    {
        var asked = new ProductGrant { MemoryMiB = 600, CpuPercent = 50, Processes = 20, Network = true };
        Assert.Equal(asked, MachineShare.Of(16 * GiB, 4).Cut(asked, out _));
    }
}
