using Outwork.Bench.Observed;
using Outwork.Bench.Running;

namespace Outwork.Bench.Tests;

public sealed class ProcessUsageTests
{
    [Fact]
    public void Cpu_is_found_behind_a_name_with_spaces_and_parentheses() =>
        Assert.Equal(19, ProcessUsage.Cpu("7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 12 7 0 0 20 0 1 0 5 0 0"));

    [Fact]
    public void Resident_is_told_in_bytes() =>
        Assert.Equal(2_048, ProcessUsage.Resident(["Name:\tx", "VmRSS:\t       2 kB", "Threads:\t1"]));

    [Fact]
    public void Resident_of_an_ended_process_is_refused() =>
        Assert.Throws<BenchFailedException>(() => ProcessUsage.Resident(["Name:\tx", "State:\tZ (zombie)"]));

    [Fact]
    public void Own_process_has_memory()
    {
        Assert.InRange(ProcessUsage.Of(Environment.ProcessId).ResidentBytes, 1_000_000, 4_000_000_000);
    }
}
