using System.Runtime.InteropServices;
using Outwork.Bench.Repositories;
using Outwork.Bench.Running;
using Outwork.Bench.Updates;

namespace Outwork.Bench.Tests;

public sealed class UpdateTests
{
    private const ulong Second = 1_000_000_000;
    private const ulong NotPermitted = 1;

    [Fact]
    public void Starts_around_a_swap_are_told_apart_and_wrong_ones_counted()
    {
        ProgramStart[] starts =
        [
            new(0, 1 * Second, 1_000_000, 0),
            new(1, 2 * Second, 2_000_000, NotPermitted),
            // Begun before the swap and not over until after it.
            new(0, 9 * Second, Second + 30_000_000, 0),
            new(1, 11 * Second, 5_000_000, 0),
            new(0, 20 * Second, 3_000_000, NotPermitted),
        ];

        var result = UpdateRun.Tell([10 * Second], starts, [0.5], [0.2, 0.1]);

        Assert.Equal(2, result.Wrong);
        Assert.Equal(2_000_000, result.MedianNs);
        Assert.Equal(3_000_000, result.LongestElsewhereNs);
        Assert.Equal(1_030_000_000, Assert.Single(result.LongestAtSwapNs));
        Assert.Equal(1028, result.LongestAddedMs);
        Assert.Equal([0.1, 0.2], result.CommandSeconds);
    }

    [Fact]
    public void Return_lasts_until_the_end_of_the_last_start_that_ran()
    {
        ProgramStart[] starts = [new(0, Second, 10, 0), new(0, 2 * Second, Second / 2, 0), new(0, 3 * Second, 10, NotPermitted)];

        Assert.Equal(0.25, UpdateRun.UntilRefused(starts, 2 * Second + (Second / 4)));
        Assert.Equal(0, UpdateRun.UntilRefused(starts, 3 * Second));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(NotPermitted, NotPermitted)]
    public void Return_that_never_was_is_no_result(ulong before, ulong after) =>
        Assert.Throws<BenchFailedException>(() => UpdateRun.UntilRefused([new(0, Second, 10, before), new(0, 3 * Second, 10, after)], 2 * Second));

    [Fact]
    public void Starts_are_read_as_they_are_written()
    {
        ulong[] numbers = [1, 2, 3, 4, 5, 6, 7, 0];

        Assert.Equal([new(1, 2, 3, 4), new(5, 6, 7, 0)], StartLog.Parse(MemoryMarshal.AsBytes(numbers.AsSpan())));
    }

    [Fact]
    public void Large_repository_is_one_that_a_device_takes_and_whose_bare_checks_hold()
    {
        var now = TimeProvider.System.GetUtcNow();
        var repository = LargeRepository.Create(40, 3, now);
        var device = new MemoryDevice(repository, now);

        device.Take(LargeRepository.PathOf(7), LargeRepository.BytesOf(7));

        Assert.Equal(8, repository.Bins);
        // Timestamp, snapshot, targets, one bin.
        Assert.Equal(4, device.Fetched.Count);
        var bare = new BareChecks(repository.Root, device.Fetched);
        Assert.Equal((5, 4), (bare.Signatures, bare.Keys));
        bare.Run(LargeRepository.BytesOf(7));
    }
}
