using Outwork.Faults;

namespace Outwork.Faults.Tests;

/// <summary>The catalogue, and the document that is made of it.</summary>
public sealed class FaultMatrixTests
{
    [Fact]
    public void Catalogue_has_sixty_distinct_faults_or_more()
    {
        string[] names = [.. FaultCatalog.All.Select(static fault => fault.Name)];
        Assert.True(names.Length >= 60, $"{names.Length} faults");
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(FaultCatalog.All, static fault => Assert.NotEmpty(fault.Return));
        Assert.DoesNotContain(names, static name => name.Contains('|'));
    }

    [Fact]
    public void Document_has_a_row_for_each_fault_and_no_other()
    {
        string document = File.ReadAllText(Path.Join(BuiltPrograms.Repository, "docs", "fault-matrix.md"));
        Assert.Equal(FaultCatalog.All.Select(static fault => fault.Name).Order(StringComparer.Ordinal), FaultMatrix.NamesIn(document).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_is_read_as_it_is_written()
    {
        FaultResult[] results = [.. FaultCatalog.All.Select(static fault => new FaultResult
        {
            Fault = fault,
            Lost = new SortedDictionary<string, ulong> { ["failure.deadline-missed"] = 3 },
            Unprotected = TimeSpan.Zero,
            WithoutProduct = TimeSpan.FromSeconds(1),
            WithoutBystander = TimeSpan.Zero,
            WithoutControl = TimeSpan.Zero,
            LongestWait = TimeSpan.FromMilliseconds(20),
            LongestOperation = ProbeOperation.Open,
            Failed = [],
            Operations = 100,
            Recovery = TimeSpan.FromSeconds(2),
            Leftovers = [],
            Log = "",
        })];
        string document = FaultMatrix.Format(results);
        Assert.Equal(FaultCatalog.All.Count, FaultMatrix.NamesIn(document).Count);
        Assert.Contains("deadline-missed 3", document);
    }
}
