using System.Text;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Content.Tests.Trials;

public sealed class TrialMessageTests
{
    private static readonly RecordedQuestion Question = new()
    {
        Kind = EventKind.Exec, Via = ExecVia.Direct, Path = "/usr/bin/ls", Device = 65_024, Inode = 12, Size = 151_344, ModifiedNs = 1_700_000_000_000_000_001, Verdict = Verdict.Allow,
    };

    [Fact]
    public void Lines_are_frozen()
    {
        Assert.Equal(
            """{"type":"trial","id":7,"product":"execguard","slot":"b","processInForce":4711}""" + "\n",
            Encoding.UTF8.GetString(new TrialMessage { Type = TrialTypes.Trial, Id = 7, ProcessInForce = 4711, Product = "execguard", Slot = "b" }.ToLine()));
        Assert.Equal(
            """{"type":"question","question":{"kind":"Exec","via":"Direct","path":"/usr/bin/ls","device":65024,"inode":12,"size":151344,"modifiedNs":1700000000000000001,"verdict":"Allow","count":1}}""" + "\n",
            Encoding.UTF8.GetString(new TrialMessage { Type = TrialTypes.Question, Question = Question }.ToLine()));
        Assert.Equal(
            """{"type":"result","id":7,"phase":"replay","asked":3,"total":12000,"live":0,"skipped":1,"refusal":"Crashed","code":"trial-crashed","what":"x"}""" + "\n",
            Encoding.UTF8.GetString(new TrialReport
            {
                Type = TrialTypes.Result, Id = 7, Phase = "replay", Asked = 3, Total = 12_000, Skipped = 1, Refusal = TrialRefusal.Crashed, Code = "trial-crashed", What = "x",
            }.ToLine()));
    }

    [Fact]
    public void Message_survives_its_line()
    {
        var message = new TrialMessage { Type = TrialTypes.Live, Question = Question, Limits = new TrialLimits { Questions = 3 }, Id = ulong.MaxValue, ProcessInForce = 5 };

        Assert.Equal(message, TrialMessage.Read(message.ToLine()));
    }

    [Fact]
    public void Report_without_its_trials_id_is_none() => Assert.Null(TrialReport.Read("""{"type":"result"}"""u8));

    [Fact]
    public void Result_is_never_longer_than_a_reader_takes_and_has_its_verdict()
    {
        var differences = new TrialDifferences();
        for (int i = 0; i < 40; i++)
            differences.Add($"/{i}/{new string('\u00e9', 4_096)}end", i % 4 == 0, (i % 4) switch { 1 => Verdict.Deny, _ => Verdict.Allow }, (i % 4) switch { 1 => Verdict.Allow, 2 => Verdict.None, _ => Verdict.Deny }, new string('\u00e9', 256));
        Assert.Equal(40, differences.Examples.Count);
        Assert.All(differences.Examples, static example => Assert.EndsWith("end", example.Path, StringComparison.Ordinal));
        var report = new TrialReport
        {
            Type = TrialTypes.Result, Id = 7, Refusal = TrialRefusal.Failing, Code = "trial-failing", What = "It says: " + new string('\0', 100_000), Remedy = "x",
            Differences = [.. differences.Examples],
        };

        byte[] line = report.ToLine();

        Assert.InRange(line.Length, 1, TrialReport.LongestLine + 1);
        TrialReport read = TrialReport.Read(line)!;
        Assert.Equal((TrialRefusal.Failing, "trial-failing", "x"), (read.Refusal, read.Code, read.Remedy));
        Assert.StartsWith("It says: ", read.What, StringComparison.Ordinal);
        Assert.InRange((report with { What = "" }).ToLine().Length, 1_000, TrialReport.LongestLine + 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"product":"x"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"live","question":{"kind":"Exec"}}""")]
    [InlineData("""{"type":"live","question":{"kind":"Nonsense","path":"/"}}""")]
    [InlineData("""{"type":"live","type":"trial"}""")]
    [InlineData("""{"type":"trial","limits":{"questions":1e99}}""")]
    [InlineData("\u0000\uFFFF")]
    public void Line_that_is_no_message_is_no_message(string line) => Assert.Null(TrialMessage.Read(Encoding.UTF8.GetBytes(line)));
}
