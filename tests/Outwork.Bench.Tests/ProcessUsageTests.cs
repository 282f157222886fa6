using Outwork.Bench.Observed;
using Outwork.Bench.Running;

namespace Outwork.Bench.Tests;

public sealed class ProcessUsageTests
{
    [Fact]
    public void Cpu_is_the_first_number_of_schedstat() => Assert.Equal(4_223_811, ProcessUsage.Cpu("4223811 57213 88\n"));

    [Fact]
    public void Cpu_of_an_ended_thread_is_none() => Assert.Equal(0, ProcessUsage.Cpu(""));

    [Fact]
    public void Resident_is_told_in_bytes() =>
        Assert.Equal(2_048, ProcessUsage.Resident(["Name:\tx", "VmRSS:\t       2 kB", "Threads:\t1"]));

    [Fact]
    public void Resident_of_an_ended_process_is_refused() =>
        Assert.Throws<BenchFailedException>(() => ProcessUsage.Resident(["Name:\tx", "State:\tZ (zombie)"]));

    [Fact]
    public void Own_process_has_memory_and_time()
    {
        ProcessUsage own = ProcessUsage.Of(Environment.ProcessId);
        Assert.InRange(own.ResidentBytes, 1_000_000, 4_000_000_000);
        Assert.InRange(own.CpuNs, 1_000_000, long.MaxValue);
    }
}
