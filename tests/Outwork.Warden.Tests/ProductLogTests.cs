using Outwork.Platform.Linux.Processes;
using Outwork.Warden.Observation;

namespace Outwork.Warden.Tests;

/// <summary>How much a product may write into the log.</summary>
public sealed class ProductLogTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _written = [];

    [Fact]
    public void Product_that_writes_without_end_fills_a_bounded_part_of_the_disk_however_often_it_is_started_again()
    {
        var budget = new LogBudget(_time);
        for (int process = 0; process < 20; process++)
        {
            LogPipe pipe = LogPipe.Create();
            using var log = new ProductLog("p", pipe.Reader, budget, _time, _written.Add);
            using (pipe.Writer)
            {
                for (int second = 0; second < 30; second++)
                {
                    Assert.True(StandardStreams.TryWrite(pipe.Writer, Lines(60_000)));
                    for (int read = 0; read < 16; read++)
                        log.Read();
                    _time.Advance(TimeSpan.FromSeconds(1));
                    log.BeginWindow();
                }
            }
        }

        Assert.InRange(_written.Sum(line => line.Length), LogBudget.WrittenPerHour / 2, LogBudget.WrittenPerHour + (LogBudget.WrittenPerHour / 4));
        Assert.Single(_written, line => line == "p: (its log is dropped until the hour is over: more than 8 MiB)");

        _time.Advance(TimeSpan.FromHours(1));
        LogPipe next = LogPipe.Create();
        using var later = new ProductLog("p", next.Reader, budget, _time, _written.Add);
        using (next.Writer)
            Assert.True(StandardStreams.TryWrite(next.Writer, "heard again\n"u8));
        later.Read();
        Assert.Contains("characters of its log were dropped: more than 8 MiB in an hour)", _written[^2], StringComparison.Ordinal);
        Assert.Equal("p: heard again", _written[^1]);
    }

    private static byte[] Lines(int bytes)
    {
        byte[] text = new byte[bytes];
        for (int i = 0; i < bytes; i++)
            text[i] = i % 100 == 99 ? (byte)'\n' : (byte)'x';
        return text;
    }
}
