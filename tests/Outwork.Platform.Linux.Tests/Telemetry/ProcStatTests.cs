using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;

namespace Outwork.Platform.Linux.Tests.Telemetry;

public sealed class ProcStatTests
{
    [Fact]
    public void Name_with_parentheses_and_spaces_is_skipped()
    {
        Assert.True(ProcStat.TryParse("12 (a) b (c)) S 7 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9", out ProcStat stat));
        Assert.Equal(new ProcStat(7, 4711), stat);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 (a")]
    [InlineData("12 (a)")]
    [InlineData("12 (a) S x")]
    [InlineData("12 (a) S 7 1 1")]
    public void Cut_line_is_refused(string line) => Assert.False(ProcStat.TryParse(line, out _));

    [Fact]
    public void Snapshot_has_this_process_with_its_parent()
    {
        ulong bootId = BootClock.ReadBootId();
        (IReadOnlyList<ProcessInfo> processes, long taken) = ProcSnapshot.Take(bootId);
        ProcessInfo self = Assert.Single(processes, p => p.Pid == Environment.ProcessId);
        Assert.True(self.Reconstructed);
        Assert.Equal(Environment.ProcessPath, self.Executable);
        Assert.Equal(Environment.CurrentDirectory, self.WorkingDirectory);
        Assert.Contains(processes, p => p.Id == self.ParentId);
        Assert.True(self.StartedUnixNs < taken);
        Assert.Equal(0u, Assert.Single(processes, p => p.Pid == 1).UserId);
    }
}
