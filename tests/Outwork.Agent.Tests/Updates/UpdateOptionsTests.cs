using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Updates;

public sealed class UpdateOptionsTests : IDisposable
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

    private readonly TempDirectory _directory = new();
    private readonly PublishedRepository _repository;

    public UpdateOptionsTests()
    {
        _repository = new PublishedRepository(_directory["repository"], new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        File.Copy(_repository.Root, _directory["root.json"]);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Whole_file_is_read()
    {
        UpdateOptions options = Read(Good, out PolicyFault[] faults)!;
        Assert.Empty(faults);
        Assert.Equal(("https://updates.example.org/content", TimeSpan.FromMinutes(1)), (options.Repository, options.Every));
        Assert.Equal(File.ReadAllBytes(_repository.Root), options.Root.ToArray());
        FollowedProduct product = Assert.Single(options.Products);
        Assert.Equal(("execguard", "acme/execguard/content.owpkg", 30, 500, 20), (product.Name, product.Target, product.OnTrialSeconds, product.Limits.Questions, product.Limits.LiveSeconds));
    }

    [Theory]
    [InlineData("repository", true)]
    [InlineData("/srv/../srv/mirror", false)]
    public void Path_of_a_repository_begins_at_the_files_folder(string written, bool isBelow)
    {
        UpdateOptions? options = Read(Good.Replace("https://updates.example.org/content", written, StringComparison.Ordinal), out _);
        Assert.Equal(isBelow ? _directory["repository"] : "/srv/mirror", options!.Repository);
    }

    [Theory]
    [InlineData("repository: https://updates.example.org/content", "repository: ../mirror", 2, "repository ../mirror leads out of this file's folder")]
    [InlineData("repository: https://updates.example.org/content", "repository: /tmp/mirror", 2, "below /tmp")]
    [InlineData("repository: https://updates.example.org/content", "repository: /srv/../dev/shm/mirror", 2, "below /dev/shm")]
    [InlineData("root: root.json", "root: /tmp/root.json", 3, "below /tmp")]
    [InlineData("root: root.json", "root: ../root.json", 3, "give an absolute path")]
    [InlineData("root: root.json", "root: nosuch.json", 3, "root nosuch.json is not there")]
    [InlineData("root: root.json", "root: repository", 3, "root repository is a folder")]
    [InlineData("root: root.json", "root: updates.txt", 3, "root updates.txt is no root of a repository")]
    public void Path_that_the_agent_cannot_follow_is_a_fault_in_the_administrators_words(string good, string bad, int line, string told)
    {
        File.WriteAllText(_directory["updates.txt"], "no JSON");
        Assert.Null(Read(Good.Replace(good, bad, StringComparison.Ordinal), out PolicyFault[] faults));
        PolicyFault fault = Assert.Single(faults);
        Assert.Equal(line, fault.Line);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_directory.Path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_a_product_is_told_at_its_own_place()
    {
        string text = Good.Replace("target: acme", "taget: acme", StringComparison.Ordinal)
            .Replace("onTrialSeconds: 30", "onTrialSeconds: -3", StringComparison.Ordinal) + "\n      liveSeconds: 99999999";
        Assert.Null(Read(text, out PolicyFault[] faults));
        Assert.Contains(faults, static fault => fault.Line == 7 && fault.Message.Contains("taget", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Line == 8 && fault.Message.Contains("onTrialSeconds is a number", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Line == 11 && fault.Message.Contains("liveSeconds", StringComparison.Ordinal));
    }

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
        Assert.Null(Read(Good.Replace(good, bad, StringComparison.Ordinal), out PolicyFault[] faults));
        Assert.Contains(faults, fault => fault.Line == line && fault.Message.Contains(told, StringComparison.Ordinal));
    }

    private UpdateOptions? Read(string text, out PolicyFault[] faults) => UpdateOptionsReader.Read(text, _directory.Path, out faults);
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
