using Outwork.Agent.Recording;
using Outwork.Agent.Tests.Support;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Tests.Recording;

public sealed class QuestionRingTests
{
    private static readonly DecisionRecord Sample = new()
    {
        Id = 1, TimeUnixNs = 1, Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/usr/bin/tool", File = new FileIdentity(1, 2, 3, 4, 5),
        Verdict = Verdict.Allow, Source = VerdictSource.Product, UserId = 4711, Executable = "/secret/shell",
        Votes = [new ProductVote("guard", Verdict.Allow, 1, "a reason")],
    };

    [Fact]
    public void File_asked_about_again_is_counted_not_repeated()
    {
        var ring = new QuestionRing("guard", 10, 100_000);
        for (int i = 0; i < 5; i++)
            ring.Take(Sample);
        RecordedQuestion question = Assert.Single(ring.ToArray());
        Assert.Equal((5, "/usr/bin/tool", Verdict.Allow, 3UL), (question.Count, question.Path, question.Verdict, question.Size));
    }

    [Fact]
    public void File_that_was_rewritten_takes_the_place_of_what_it_was()
    {
        var ring = new QuestionRing("guard", 10, 100_000);
        ring.Take(Sample);
        ring.Take(Sample with { File = Sample.File with { Size = 99 } });
        Assert.Equal((1, 99UL), (Assert.Single(ring.ToArray()).Count, ring.ToArray()[0].Size));
    }

    [Fact]
    public void Question_that_nobody_could_judge_does_not_undo_what_was_answered()
    {
        var ring = new QuestionRing("guard", 10, 100_000);
        ring.Take(Sample);
        ring.Take(Sample with { Verdict = Verdict.None, Votes = [new ProductVote("guard", Verdict.None, 1, "out of time")] });
        Assert.Equal((2, Verdict.Allow), (Assert.Single(ring.ToArray()).Count, ring.ToArray()[0].Verdict));

        ring.Take(Sample with { File = Sample.File with { Size = 99 }, Votes = [new ProductVote("guard", Verdict.None, 1, "out of time")] });
        Assert.Equal(Verdict.None, Assert.Single(ring.ToArray()).Verdict);
        ring.Take(Sample with { File = Sample.File with { Size = 99 }, Votes = [new ProductVote("guard", Verdict.Deny, 1, "")] });
        Assert.Equal(Verdict.Deny, Assert.Single(ring.ToArray()).Verdict);
    }

    [Fact]
    public void Decision_without_the_product_is_not_recorded()
    {
        var ring = new QuestionRing("other", 10, 100_000);
        ring.Take(Sample);
        Assert.Equal(0, ring.Count);
        ring.Take(Sample with { CachedFrom = 1 });
        Assert.Equal(0, ring.Count);
        ring.Take(Sample with { Votes = [], CachedFrom = 1 });
        Assert.Equal(1, ring.Count);
    }

    [Fact]
    public void Flood_of_files_asked_once_does_not_drive_out_what_is_asked_often()
    {
        var ring = new QuestionRing("guard", 100, 100_000);
        ring.Take(Sample);
        ring.Take(Sample);
        for (ulong i = 100; i < 2_000; i++)
            ring.Take(Sample with { File = Sample.File with { Inode = i } });
        Assert.Equal(100, ring.Count);
        Assert.Contains(ring.ToArray(), static question => question.Inode == Sample.File.Inode);
    }

    [Fact]
    public void Files_asked_often_leave_room_for_new_ones()
    {
        var ring = new QuestionRing("guard", 100, 100_000);
        for (ulong i = 100; i < 2_000; i++)
        {
            ring.Take(Sample with { File = Sample.File with { Inode = i } });
            ring.Take(Sample with { File = Sample.File with { Inode = i } });
        }

        for (ulong i = 2_000; i < 2_030; i++)
            ring.Take(Sample with { File = Sample.File with { Inode = i } });
        Assert.InRange(ring.ToArray().Count(static question => question.Count == 1), 20, 30);
    }

    [Theory]
    [InlineData(4, 1_000_000)]
    [InlineData(1_000, 700)]
    public void Ring_is_bounded_in_entries_and_bytes_and_forgets_the_oldest(int entries, int bytes)
    {
        var ring = new QuestionRing("guard", entries, bytes);
        for (ulong i = 1; i <= 50; i++)
            ring.Take(Sample with { File = Sample.File with { Inode = i } });
        Assert.InRange(ring.Count, 1, 4);
        Assert.Equal(50UL, ring.ToArray()[^1].Inode);
    }

    [Fact]
    public void Kept_recording_has_no_user_no_caller_and_no_reason_and_is_readable_by_the_agent_alone()
    {
        using var directory = new TempDirectory();
        var ring = new QuestionRing("guard", 10, 100_000);
        ring.Take(Sample);
        new RecordingFile(directory["guard.jsonl"]).Save(ring);
        string text = File.ReadAllText(directory["guard.jsonl"]);
        Assert.DoesNotContain("4711", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("reason", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory["guard.jsonl"]));
        var read = new QuestionRing("guard", 10, 100_000);
        Assert.Equal(0, new RecordingFile(directory["guard.jsonl"]).Load(read));
        Assert.Equal(ring.ToArray(), read.ToArray());
    }

    [Fact]
    public void Damaged_lines_are_passed_over_and_counted()
    {
        using var directory = new TempDirectory();
        var ring = new QuestionRing("guard", 10, 100_000);
        ring.Take(Sample);
        new RecordingFile(directory["guard.jsonl"]).Save(ring);
        File.AppendAllText(directory["guard.jsonl"], "{\"kind\":\"Exec\"\n{\"kind\":\"Exec\",\"path\":\"relative\"}\n\u0000\u0001\n");
        var read = new QuestionRing("guard", 10, 100_000);
        Assert.Equal(3, new RecordingFile(directory["guard.jsonl"]).Load(read));
        Assert.Equal(1, read.Count);
    }
}
