using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Updates;

public sealed class UpdateOptionsTests
{
    private const string Good = """
        version: 1
        repository: https://updates.example.org/content
        root: root.json
        everySeconds: 60
        products:
          execguard:
            target: acme/execguard/content.owpkg
            onTrialSeconds: 30
            trial:
              questions: 500
        """;

    [Fact]
    public void Whole_file_is_read()
    {
        UpdateOptions options = UpdateOptionsReader.Read(Good, "/etc/outwork", out PolicyFault[] faults)!;
        Assert.Empty(faults);
        Assert.Equal(("https://updates.example.org/content", "/etc/outwork/root.json", TimeSpan.FromMinutes(1)), (options.Repository, options.Root, options.Every));
        FollowedProduct product = Assert.Single(options.Products);
        Assert.Equal(("execguard", "acme/execguard/content.owpkg", 30, 500, 20), (product.Name, product.Target, product.OnTrialSeconds, product.Limits.Questions, product.Limits.LiveSeconds));
    }

    [Fact]
    public void Path_of_a_repository_begins_at_the_files_folder() =>
        Assert.Equal("/etc/outwork/repository", UpdateOptionsReader.Read(Good.Replace("https://updates.example.org/content", "repository", StringComparison.Ordinal), "/etc/outwork", out _)!.Repository);

    [Theory]
    [InlineData("version: 1", "version: 2", 1, "this is version 1")]
    [InlineData("https://updates.example.org/content", "ftp://x/y", 2, "https or http")]
    [InlineData("root: root.json", "roots: root.json", 3, "roots")]
    [InlineData("everySeconds: 60", "everySeconds: 0", 4, "from 1 to")]
    [InlineData("  execguard:", "  Exec Guard:", 6, "a product's name")]
    [InlineData("target: acme", "targets: acme", 7, "targets")]
    [InlineData("questions: 500", "questions: many", 10, "questions is a number")]
    public void Fault_is_told_with_its_line(string good, string bad, int line, string told)
    {
        Assert.Null(UpdateOptionsReader.Read(Good.Replace(good, bad, StringComparison.Ordinal), "/", out PolicyFault[] faults));
        Assert.Contains(faults, fault => fault.Line == line && fault.Message.Contains(told, StringComparison.Ordinal));
    }
}

public sealed class PollScheduleTests
{
    [Fact]
    public void Pauses_are_spread_around_the_pace()
    {
        var schedule = new PollSchedule(TimeSpan.FromSeconds(100), new Random(7));
        double[] pauses = [.. Enumerable.Range(0, 200).Select(_ => schedule.AfterSuccess().TotalSeconds)];
        Assert.All(pauses, static pause => Assert.InRange(pause, 80, 120));
        Assert.True(pauses.Distinct().Count() > 150);
    }

    [Fact]
    public void Failures_slow_down_to_the_pace_and_an_answer_ends_that()
    {
        var schedule = new PollSchedule(TimeSpan.FromMinutes(15), new Random(7));
        Assert.InRange(schedule.AfterFailure().TotalSeconds, 4, 6);
        Assert.InRange(schedule.AfterFailure().TotalSeconds, 8, 12);
        for (int i = 0; i < 40; i++)
            Assert.InRange(schedule.AfterFailure().TotalMinutes, 0, 18);
        _ = schedule.AfterSuccess();
        Assert.InRange(schedule.AfterFailure().TotalSeconds, 4, 6);
    }
}

public sealed class LatestTimeTests
{
    [Fact]
    public void Clock_set_back_gives_the_latest_time_seen_also_after_a_restart()
    {
        using var directory = new TempDirectory();
        var time = new SetTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        var told = new List<string>();
        DateTimeOffset seen = new LatestTime(directory.Path, time, told.Add).Now();
        time.Now -= TimeSpan.FromDays(400);
        Assert.Equal(seen, new LatestTime(directory.Path, time, told.Add).Now());
        Assert.Empty(told);
    }

    [Fact]
    public void Damaged_record_is_told_and_written_anew()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["latest-time"], "yesterday, I think");
        var time = new SetTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        var told = new List<string>();
        Assert.Equal(time.Now, new LatestTime(directory.Path, time, told.Add).Now());
        Assert.Contains("damaged", Assert.Single(told), StringComparison.Ordinal);
        Assert.StartsWith("2026-11-21T12", File.ReadAllText(directory["latest-time"]), StringComparison.Ordinal);
    }
}
