namespace Outwork.Contracts.Products;

/// <summary>
/// The most of this machine that a product gets by asking for it; what the administrator allows it beyond that is bounded by the manifest's
/// own ranges. A default of <see cref="ProductGrant"/> that is more stays what it is.
/// </summary>
/// <param name="MemoryMiB">Memory in MiB.</param>
/// <param name="CpuPercent">Processor time; 100 is one processor.</param>
public sealed record MachineShare(int MemoryMiB, int CpuPercent)
{
    /// <summary>Processes and threads: a table of the machine's has no more than 32,768 as a rule.</summary>
    public const int Processes = 512;

    /// <summary>A quarter of the memory, and all processors but one.</summary>
    /// <param name="memoryBytes">The machine's memory.</param>
    /// <param name="processors">Its processors.</param>
    public static MachineShare Of(long memoryBytes, int processors) =>
        new((int)Math.Min(int.MaxValue, memoryBytes / 4 / (1024 * 1024)), (processors - 1) * 100);

    /// <summary>Cuts a grant down to the share.</summary>
    /// <param name="grant">What is asked for.</param>
    /// <param name="cuts">What is less than was asked for, each as a sentence without its end.</param>
    public ProductGrant Cut(ProductGrant grant, out List<string> cuts)
    {
        ArgumentNullException.ThrowIfNull(grant);
        List<string> found = cuts = [];
        return grant with
        {
            MemoryMiB = Least(grant.MemoryMiB, MemoryMiB, ProductGrant.Default.MemoryMiB, " MiB of memory"),
            CpuPercent = Least(grant.CpuPercent, CpuPercent, ProductGrant.Default.CpuPercent, " % of a processor"),
            Processes = Least(grant.Processes, Processes, ProductGrant.Default.Processes, " processes and threads"),
        };

        int Least(int asked, int share, int always, string what)
        {
            int most = Math.Max(share, always);
            if (asked > most)
                found.Add($"{most}{what} instead of {asked}");
            return Math.Min(asked, most);
        }
    }
}
