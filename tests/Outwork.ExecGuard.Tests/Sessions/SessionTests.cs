using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.ExecGuard.Tests.Support;

namespace Outwork.ExecGuard.Tests.Sessions;

/// <summary>From the broker's question to ExecGuard's answer.</summary>
public sealed class SessionTests : IDisposable
{
    private const string Slow = "rule slow { strings: $a = /aaaa.{0,2000}b.{0,2000}c/ condition: $a }";
    private readonly ContentFolder _folder = new();
    private readonly ContentFolder _files = new();

    public SessionTests()
    {
        foreach (string file in Directory.GetFiles(Repository.ShippedContent))
            File.Copy(file, _folder[Path.GetFileName(file)]);
        _files.With("eicar", [.. "#!/bin/sh\n#"u8, .. Eicar.Bytes]).With("needle", "a needle").With("clean", "hay");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void A_dropped_rule_takes_effect_a_broken_one_is_told_and_the_session_closes_in_order()
    {
        using var running = new RunningExecGuard(_folder.Path);
        Assert.Equal("execguard", running.Subscription!.Name);
        Assert.True(running.Subscription.WantsDescriptor);
        Assert.Equal(2, running.Subscription.Concurrency);
        Assert.Equal((1ul, "1.0.0"), (running.Content!.Generation, running.Content.Version));
        Assert.Equal(ProductHealth.Healthy, running.Health.Health);

        AuthReply eicar = running.Ask(_files["eicar"]);
        Assert.Equal((Verdict.Deny, true, 1ul), (eicar.Verdict, eicar.Cacheable, eicar.ContentGeneration));
        Assert.Equal("matches YARA rule EICAR_Test_File (eicar.yar:3)", eicar.Reason);
        Assert.Equal(Verdict.Allow, running.Ask(_files["needle"]).Verdict);

        _folder.With("needle.yar", "rule Needle { strings: $a = \"needle\" condition: $a }");
        running.WaitUntil(() => running.Content.Generation == 2);
        AuthReply needle = running.Ask(_files["needle"]);
        Assert.Equal((Verdict.Deny, 2ul, "matches YARA rule Needle (needle.yar:1)"), (needle.Verdict, needle.ContentGeneration, needle.Reason));

        _folder.With("broken.yar", "\nrule broken { condition: $nothing }");
        running.WaitUntil(() => running.Health.Health == ProductHealth.Degraded);
        Assert.Equal("broken.yar:2: undefined string \"$nothing\"", running.Health.Message);
        Assert.Equal(Verdict.Deny, running.Ask(_files["needle"]).Verdict);
        Assert.Equal(2ul, running.Content.Generation);

        File.Delete(_folder["broken.yar"]);
        running.WaitUntil(() => running.Health.Health == ProductHealth.Healthy);
        Assert.Equal(0, running.Close());
    }

    [Fact]
    public void When_all_files_are_removed_what_was_in_force_stays_and_health_is_degraded()
    {
        using var running = new RunningExecGuard(_folder.Path);
        foreach (string file in Directory.GetFiles(_folder.Path))
            File.Delete(file);
        running.WaitUntil(() => running.Health.Health == ProductHealth.Degraded);
        Assert.StartsWith(".: holds no rules and no lists", running.Health.Message, StringComparison.Ordinal);
        Assert.Equal(1ul, running.Content!.Generation);
        Assert.Equal(Verdict.Deny, running.Ask(_files["eicar"]).Verdict);

        _folder.With("deny.sha256", "# nothing, on purpose\n");
        running.WaitUntil(() => running.Content.Generation == 2 && running.Health.Health == ProductHealth.Healthy);
        Assert.Equal(Verdict.Allow, running.Ask(_files["eicar"]).Verdict);
        Assert.Equal(0, running.Close());
    }

    [Fact]
    public void Without_any_content_health_is_failing_and_the_policy_decides_until_there_is_some()
    {
        _folder.With("broken.yar", "rule fine { condition: false }\nrule broken {\n");
        using var running = new RunningExecGuard(_folder.Path);
        running.WaitUntil(() => running.Health.Health == ProductHealth.Failing);
        Assert.StartsWith("broken.yar:2: syntax error at the end of the file", running.Health.Message, StringComparison.Ordinal);
        AuthReply reply = running.Ask(_files["clean"]);
        Assert.Equal((Verdict.None, false, "no content is in force"), (reply.Verdict, reply.Cacheable, reply.Reason));

        File.Delete(_folder["broken.yar"]);
        running.WaitUntil(() => running.Content is not null);
        Assert.Equal(Verdict.Allow, running.Ask(_files["clean"]).Verdict);
        running.WaitUntil(() => running.Health.Health == ProductHealth.Healthy);
    }

    [Fact]
    public void A_scan_that_cannot_end_before_the_deadline_is_no_verdict_and_holds_up_nobody_else()
    {
        _folder.With("slow.yar", Slow);
        _files.With("slow", Enumerable.Repeat((byte)'a', 2_000_000).ToArray());
        using var running = new RunningExecGuard(_folder.Path);
        ulong slow = running.Post(_files["slow"], TimeSpan.FromMilliseconds(300));
        Assert.Equal(Verdict.Allow, running.Ask(_files["clean"]).Verdict);
        AuthReply reply = running.Answer(slow);
        Assert.Equal((Verdict.None, false), (reply.Verdict, reply.Cacheable));
        Assert.Equal("the YARA scan did not end before the deadline", reply.Reason);
    }

    [Fact]
    public void Many_questions_at_once_are_all_answered()
    {
        using var running = new RunningExecGuard(_folder.Path);
        for (int round = 0; round < 20; round++)
        {
            (ulong Request, bool IsBad)[] asked = [.. Enumerable.Range(0, 50).Select(i => (running.Post(_files[i % 3 == 0 ? "eicar" : "clean"]), i % 3 == 0))];
            foreach ((ulong request, bool isBad) in asked)
                Assert.Equal(isBad ? Verdict.Deny : Verdict.Allow, running.Answer(request).Verdict);
        }
    }
}
