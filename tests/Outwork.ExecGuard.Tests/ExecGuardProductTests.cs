using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Sdk;

namespace Outwork.ExecGuard.Tests;

public sealed class ExecGuardProductTests : IDisposable
{
    private const string NeedleRule = "rule Needle { strings: $a = \"needle\" condition: $a }";
    private readonly ContentFolder _folder = new();
    private readonly ContentFolder _files = new();
    private readonly ExecGuardProduct _product = new(TimeProvider.System);

    public void Dispose()
    {
        _product.Dispose();
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Before_content_is_in_force_nothing_is_judged()
    {
        _files.With("file", "x");
        Assert.Equal(Judgement.Failed("no content is in force"), _product.JudgeFile(_files["file"]));
        _folder.With("bad.yar", "rule bad {");
        Assert.False(_product.LoadContent(_folder.Path).Accepted);
        Assert.Equal(Judgement.Failed("no content is in force"), _product.JudgeFile(_files["file"]));
    }

    [Fact]
    public void A_broken_rule_is_told_and_what_was_in_force_stays()
    {
        _files.With("bad", "needle");
        _folder.With("a.yar", NeedleRule).With("execguard.json", "{\"version\": \"1\"}");
        Assert.Equal(new ContentReport(true, "1", "1 YARA rule in 1 file, 0 denied and 0 allowed hashes"), _product.LoadContent(_folder.Path));

        _folder.With("b.yar", "rule ok { condition: false }\nrule broken { condition: $x }").With("execguard.json", "{\"version\": \"2\"}");
        Assert.Equal(new ContentReport(false, "1", "b.yar:2: undefined string \"$x\""), _product.LoadContent(_folder.Path));
        Assert.Equal("matches YARA rule Needle (a.yar:1)", _product.JudgeFile(_files["bad"]).Reason);

        _folder.With("b.yar", "rule ok { condition: false }");
        File.Delete(_folder["a.yar"]);
        Assert.Equal(new ContentReport(true, "2", "1 YARA rule in 1 file, 0 denied and 0 allowed hashes"), _product.LoadContent(_folder.Path));
        Assert.Equal(Verdict.Allow, _product.JudgeFile(_files["bad"]).Verdict);
    }

    [Fact]
    public void Several_faults_are_counted_and_told()
    {
        _folder.With("a.yar", "rule a\n}").With("deny.sha256", "x\ny\n");
        string message = _product.LoadContent(_folder.Path).Message;
        Assert.StartsWith("3 faults: a.yar:2: syntax error", message, StringComparison.Ordinal);
        Assert.Contains("; deny.sha256:2: expected a SHA-256", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_would_refuse_everything_is_taken_for_a_mistake_unless_it_allows_its_own_program()
    {
        _folder.With("all.yar", "rule Everything { condition: true }");
        ContentReport report = _product.LoadContent(_folder.Path);
        Assert.False(report.Accepted);
        Assert.Contains("matches YARA rule Everything (all.yar:1)", report.Message, StringComparison.Ordinal);

        _folder.With("allow.sha256", TestProcess.Run("sha256sum", Environment.ProcessPath!).Output);
        Assert.True(_product.LoadContent(_folder.Path).Accepted);
        Assert.Equal(Verdict.Deny, _product.JudgeFile("/bin/true").Verdict);
    }

    [Fact]
    public async Task Content_is_replaced_while_many_threads_scan()
    {
        _files.With("bad", [.. new byte[300_000], .. "needle"u8]);
        var expected = new HashSet<string>();
        string[] contents = [.. Enumerable.Range(0, 2).Select(i =>
        {
            _folder.With($"{i}/rules.yar", new string('\n', i) + NeedleRule).With($"{i}/deny.sha256", $"{new string((char)('0' + i), 64)}\n");
            expected.Add($"matches YARA rule Needle (rules.yar:{i + 1})");
            return _folder[$"{i}"];
        })];
        Assert.True(_product.LoadContent(contents[0]).Accepted);
        using var stop = new CancellationTokenSource();
        Task<HashSet<string>>[] scanning = [.. Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            var reasons = new HashSet<string>();
            while (!stop.IsCancellationRequested)
                reasons.Add(_product.JudgeFile(_files["bad"]).Reason);
            return reasons;
        }))];
        for (int i = 0; i < 150; i++)
            Assert.True(_product.LoadContent(contents[i % 2]).Accepted);
        await stop.CancelAsync();
        HashSet<string> seen = [.. (await Task.WhenAll(scanning)).SelectMany(reasons => reasons)];
        Assert.Equal(expected.Order(), seen.Order());
    }

    [Fact]
    public void Verdicts_are_for_later_as_long_as_the_file_is_the_one_asked_about()
    {
        _folder.With("a.yar", NeedleRule);
        Assert.True(_product.LoadContent(_folder.Path).Accepted);
        _files.With("file", "hay");
        Assert.True(_product.JudgeFile(_files["file"], new FileIdentity(1, 2, 3, 0, 0)).Cacheable);
        Assert.False(_product.JudgeFile(_files["file"], new FileIdentity(1, 2, 4, 0, 0)).Cacheable);
    }

    [Fact]
    public void What_is_no_regular_file_is_not_read()
    {
        Assert.Equal(Judgement.Allow("not a regular file"), _product.Judge(Judging.Question(mode: 0x1000 | 0x1FF), null, CancellationToken.None));
        Assert.Equal(Verdict.None, _product.Judge(Judging.Question(mode: 0x8000), null, CancellationToken.None).Verdict);
    }

    [Fact]
    public void A_descriptor_that_cannot_be_read_is_no_verdict()
    {
        _folder.With("a.yar", NeedleRule);
        Assert.True(_product.LoadContent(_folder.Path).Accepted);
        using SafeFileHandle writeOnly = File.OpenHandle(_files["new"], FileMode.Create, FileAccess.Write);
        Assert.ThrowsAny<Exception>(() => _product.Judge(Judging.Question(), writeOnly, CancellationToken.None));
    }

    [Fact]
    public void Memory_does_not_grow_with_the_questions_or_the_reloads()
    {
        _folder.With("a.yar", string.Concat(Enumerable.Range(0, 500).Select(i => $"rule r{i} {{ strings: $a = \"needle{i}x\" condition: $a }}\n")))
            .With("deny.sha256", string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i:d64}\n")));
        _files.With("bad", "needle7x").With("good", new byte[30_000]);
        var held = new List<long>();
        for (int round = 1; round <= 60; round++)
        {
            Assert.True(_product.LoadContent(_folder.Path).Accepted);
            for (int i = 0; i < 200; i++)
            {
                Assert.Equal(Verdict.Deny, _product.JudgeFile(_files["bad"]).Verdict);
                Assert.Equal(Verdict.Allow, _product.JudgeFile(_files["good"]).Verdict);
            }

            if (round % 20 == 0)
                held.Add(ResidentMemory.Now());
        }

        // A leak grows in both halves, what the allocator happens to keep does not.
        Assert.InRange(Math.Min(held[2] - held[1], held[1] - held[0]), -64 << 20, 6 << 20);
    }

    [Fact]
    public void The_check_command_prints_faults_and_verdicts()
    {
        _folder.With("a.yar", NeedleRule).With("slow.yar", "rule s { strings: $a = /.*x/ condition: $a and filesize < 2 }");
        _files.With("bad", "needle").With("good", "hay");
        var output = new StringWriter();
        Assert.Equal(1, ContentCheck.Run(ScanContentLoader.Load(_folder.Path), [_files["bad"], _files["good"], "/nonexistent"], output));
        string printed = output.ToString();
        Assert.Contains("warning: slow.yar:1: ", printed, StringComparison.Ordinal);
        Assert.Contains($"{_files["bad"]}: deny: matches YARA rule Needle (a.yar:1)\n", printed, StringComparison.Ordinal);
        Assert.Contains($"{_files["good"]}: allow: no YARA rule matches", printed, StringComparison.Ordinal);
        Assert.Contains("/nonexistent: not judged: ", printed, StringComparison.Ordinal);
        Assert.Equal(0, ContentCheck.Run(ScanContentLoader.Load(_folder.Path), [_files["good"]], TextWriter.Null));
        _folder.With("c.yar", "rule {");
        Assert.Equal(2, ContentCheck.Run(ScanContentLoader.Load(_folder.Path), [], output));
        Assert.Contains("error: c.yar:1: ", output.ToString(), StringComparison.Ordinal);
    }
}
