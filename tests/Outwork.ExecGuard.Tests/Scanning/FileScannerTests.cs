using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Verdicts;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Scanning;
using Outwork.Sdk;

namespace Outwork.ExecGuard.Tests.Scanning;

public sealed class FileScannerTests : IDisposable
{
    private const string NeedleRule = "rule Needle { strings: $a = \"needle\" condition: $a }";
    private readonly ContentFolder _folder = new();
    private readonly ContentFolder _files = new();
    private ScanContent? _content;

    public void Dispose()
    {
        _content?.Release();
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_rule_that_matches_denies_and_says_which()
    {
        _folder.With("a.yar", "\n" + NeedleRule);
        _files.With("bad", "hay needle hay").With("good", "hay");
        Assert.Equal(Judgement.Deny("matches YARA rule Needle (a.yar:2)"), Content.Scan(_files["bad"]));
        Assert.Equal(Judgement.Allow("no YARA rule matches; no hashes are listed"), Content.Scan(_files["good"]));
    }

    [Fact]
    public void The_deny_list_beats_the_allow_list_which_beats_the_rules()
    {
        _files.With("both", "needle 1").With("allowed", "needle 2").With("denied", "3").With("ruled", "needle 4").With("none", "5");
        _folder.With("a.yar", NeedleRule)
            .With("deny.sha256", $"# comment\n{Hash("both")}  both\n{Hash("denied")}\n")
            .With("lists/x.allow.sha256", $"{Hash("both")}\n{Hash("allowed")}\n");
        Assert.Equal(Judgement.Deny($"SHA-256 {Hash("both")} is on deny.sha256 line 2"), Content.Scan(_files["both"]));
        Assert.Equal(Judgement.Deny($"SHA-256 {Hash("denied")} is on deny.sha256 line 3"), Content.Scan(_files["denied"]));
        Assert.Equal(Judgement.Allow($"SHA-256 {Hash("allowed")} is on lists/x.allow.sha256 line 2"), Content.Scan(_files["allowed"]));
        Assert.Equal(Judgement.Deny("matches YARA rule Needle (a.yar:1)"), Content.Scan(_files["ruled"]));
        Assert.Equal(Judgement.Allow($"no YARA rule matches; SHA-256 {Hash("none")} is on no list"), Content.Scan(_files["none"]));
    }

    [Fact]
    public void An_empty_file_is_allowed_even_when_its_hash_is_denied()
    {
        _files.With("empty", "");
        _folder.With("deny.sha256", Hash("empty")).With("a.yar", "rule everything { condition: true }");
        Assert.Equal(Judgement.Allow("the file is empty"), Content.Scan(_files["empty"]));
    }

    [Theory]
    [InlineData(4096)] // In the buffer that is kept.
    [InlineData(3 << 20)] // In one of its own.
    public void A_file_is_scanned_to_its_last_byte_up_to_the_limit_and_only_hashed_above(int limit)
    {
        byte[] at = new byte[limit];
        "needle"u8.CopyTo(at.AsSpan(limit - 6));
        byte[] above = [.. at, 0];
        byte[] listed = [.. above, 1];
        _files.With("at", at).With("above", above).With("listed", listed);
        _folder.With("a.yar", NeedleRule).With("execguard.json", $"{{\"scanLimit\": {limit}}}").With("deny.sha256", Hash("listed"));
        Assert.Equal(Judgement.Deny("matches YARA rule Needle (a.yar:1)"), Content.Scan(_files["at"]));
        Assert.Equal(
            Judgement.Allow($"larger than the scan limit of {limit} bytes, so YARA rules were not applied; SHA-256 {Hash("above")} is on no list"),
            Content.Scan(_files["above"]));
        Assert.Equal(Judgement.Deny($"SHA-256 {Hash("listed")} is on deny.sha256 line 1"), Content.Scan(_files["listed"]));
    }

    [Fact]
    public void Files_around_the_length_of_the_kept_buffer_are_read_whole()
    {
        _folder.With("a.yar", NeedleRule).With("deny.sha256", new string('0', 64));
        using var scanner = new FileScanner(1);
        foreach (int length in new[] { (2 << 20) - 1, 2 << 20, (2 << 20) + 1, (3 << 20) + 12345 })
        {
            byte[] bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            _files.With("clean", bytes);
            Assert.Equal($"no YARA rule matches; SHA-256 {Hash("clean")} is on no list", Content.Scan(_files["clean"], scanner).Reason);
            "needle"u8.CopyTo(bytes.AsSpan(length - 6));
            Assert.Equal(Verdict.Deny, Content.Scan(_files.With("bad", bytes)["bad"], scanner).Verdict);
        }
    }

    [Fact]
    public void The_descriptor_is_scanned_not_the_path_and_its_position_stays()
    {
        _folder.With("a.yar", NeedleRule);
        _files.With("file", "hay needle").With("other", "clean");
        using var stream = new FileStream(_files["file"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(4, SeekOrigin.Begin);
        SafeFileHandle file = stream.SafeFileHandle; // Puts the stream's position into the descriptor.
        File.Move(_files["other"], _files["file"], overwrite: true);
        using var scanner = new FileScanner(1);
        Assert.Equal(Verdict.Deny, scanner.Scan(Content, file, null, Judging.Budget()).Verdict);
        Assert.Contains("pos:\t4\n", File.ReadAllText($"/proc/self/fdinfo/{file.DangerousGetHandle()}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_length_than_was_asked_about_is_judged_but_not_for_later()
    {
        _folder.With("a.yar", NeedleRule);
        _files.With("file", "needle");
        Assert.True(Content.Scan(_files["file"], expectedLength: 6).Cacheable);
        Judgement judgement = Content.Scan(_files["file"], expectedLength: 7);
        Assert.Equal(Verdict.Deny, judgement.Verdict);
        Assert.False(judgement.Cacheable);
        Assert.False(Content.Scan(_files.With("empty", "")["empty"], expectedLength: 7).Cacheable);
    }

    [Fact]
    public async Task A_file_truncated_and_grown_while_it_is_read_harms_nothing()
    {
        const int Length = 6 << 20;
        _folder.With("a.yar", NeedleRule).With("execguard.json", $"{{\"scanLimit\": {Length}}}").With("deny.sha256", new string('0', 64));
        _files.With("file", new byte[Length]);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            using SafeFileHandle file = File.OpenHandle(_files["file"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            var random = new Random(3);
            int changes = 0;
            for (; !stop.IsCancellationRequested; changes++)
                RandomAccess.SetLength(file, random.Next(0, 2 * Length));
            return changes;
        });
        using var scanner = new FileScanner(1);
        for (int i = 0; i < 60; i++)
        {
            Judgement judgement = Content.Scan(_files["file"], scanner, expectedLength: Length + 123);
            Assert.Equal(Verdict.Allow, judgement.Verdict);
            Assert.False(judgement.Cacheable);
        }

        await stop.CancelAsync();
        Assert.True(await writing > 0);
    }

    [Fact]
    public void A_scan_that_does_not_end_in_time_gives_no_verdict()
    {
        _folder.With("slow.yar", "rule slow { strings: $a = /aaaa.{0,2000}b.{0,2000}c/ condition: $a }");
        _files.With("file", Enumerable.Repeat((byte)'a', 1 << 20).ToArray());
        using var scanner = new FileScanner(1);
        using SafeFileHandle file = File.OpenHandle(_files["file"]);
        Judgement slow = scanner.Scan(Content, file, null, Judging.Budget(TimeSpan.FromMilliseconds(100)));
        Assert.Equal(Judgement.Failed("the YARA scan did not end before the deadline"), slow);
        Judgement over = scanner.Scan(Content, file, null, Judging.Budget(TimeSpan.Zero));
        Assert.Equal(Verdict.None, over.Verdict);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(Verdict.None, scanner.Scan(Content, file, null, ScanBudget.Until(long.MaxValue, TimeProvider.System, cancelled.Token)).Verdict);
    }

    [Fact]
    public void Memory_goes_back_after_large_files()
    {
        const long MiB = 1 << 20;
        _folder.With("a.yar", NeedleRule).With("deny.sha256", new string('0', 64));
        byte[] bytes = new byte[16 << 20];
        new Random(1).NextBytes(bytes);
        _files.With("large", bytes);
        bytes = [];
        using var scanner = new FileScanner(2);
        Content.Scan(_files["large"], scanner);
        long before = ResidentMemory.Now();
        for (int i = 0; i < 3; i++)
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ => Content.Scan(_files["large"], scanner));
        Assert.InRange((ResidentMemory.Now() - before) / MiB, -64, 6);
    }

    private ScanContent Content => _content ??= _folder.Load();

    private string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_files[file]))).ToLower(CultureInfo.InvariantCulture);
}
