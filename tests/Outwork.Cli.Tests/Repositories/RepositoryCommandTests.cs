using System.Text.Json;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Tests.Repositories;

public sealed class RepositoryCommandTests
{
    [Fact]
    public async Task File_that_is_added_signed_and_published_reaches_a_device()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path acme/guard/content");
        Assert.Equal(TrustRefusalCode.TargetNotFound, (await run.FollowAsync("one", "acme/guard/content"))!.Code);
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "targets has 0 of 1 signatures");
        await run.SignAsync("targets");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "acme/guard/content"));
        Assert.Equal("the content", run.Downloaded("one"));
        Assert.Null(await run.FollowAsync("two", "acme/guard/content"));
        await run.DoAsync("check");
        Assert.Contains("A client takes what is published.", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_that_is_removed_is_found_no_more()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets");
        await run.PublishAsync();
        await run.DoAsync("remove a/b");
        await run.SignAsync("targets");
        await run.PublishAsync();
        Assert.Equal(TrustRefusalCode.TargetNotFound, (await run.FollowAsync("one", "a/b"))!.Code);
        await run.RefusesAsync("remove a/b", "no role has a file a/b");
    }

    [Fact]
    public async Task Signing_ceremony_takes_the_request_to_other_machines_and_the_signatures_back()
    {
        using var run = new RepositoryRun();
        foreach (string key in (string[])["r1", "r2", "r3", "targets", "online"])
            await run.MakeKeyAsync(key);
        await run.DoAsync("init --root-key @r1.pub --root-key @r2.pub --root-key @r3.pub --root-threshold 2 --targets-key @targets.pub --online-key @online.pub");
        await run.SignAsync("targets");
        await run.DoAsync("sign --export @request");
        await run.DoAsync("sign --request @request --key @r1 --output @s1 --yes --passphrase-file @passphrase");
        Assert.Contains("root is signed by 2 of", run.Told, StringComparison.Ordinal);
        await run.DoAsync("sign --import @s1");
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "root has 1 of 2 signatures");
        await run.DoAsync("sign --request @request --key @r3 --output @s3 --yes --passphrase-file @passphrase");
        await run.DoAsync("sign --import @s3");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Signatures_over_another_state_of_the_repository_are_refused()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.DoAsync("sign --export @request");
        await run.DoAsync("sign --request @request --key @targets --output @signatures --yes --passphrase-file @passphrase");
        await run.DoAsync("add @content --path a/c");
        await run.RefusesAsync("sign --import @signatures", "does not hold");
        await run.RefusesAsync("sign --import @request", "holds no signatures");
        await run.RefusesAsync("sign --request @signatures --key @targets --output @x --yes --passphrase-file @passphrase", "asks for no signatures");
    }

    [Fact]
    public async Task Root_key_rotation_needs_the_old_keys_and_the_new_and_every_device_follows()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        Assert.Null(await run.FollowAsync("one"));
        await run.MakeKeyAsync("new", "rsa");
        await run.DoAsync("key change root --add @new.pub --remove @root.pub");
        await run.SignAsync("new");
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "signatures that root 1 wants");
        await run.SignAsync("root");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
        Assert.Null(await run.FollowAsync("two"));
        await run.RefusesAsync("sign --renew root --key @root --passphrase-file @passphrase", "has no part");
        await run.DoAsync("sign --renew root --key @new --passphrase-file @passphrase");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Online_key_rotation_is_followed()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        Assert.Null(await run.FollowAsync("one"));
        await run.MakeKeyAsync("online2");
        await run.DoAsync("key change timestamp --add @online2.pub --remove @online.pub");
        await run.DoAsync("key change snapshot --add @online2.pub --remove @online.pub");
        await run.SignAsync("root");
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "sign snapshot are at hand");
        await run.DoAsync("publish --key @online2 --passphrase-file @passphrase");
        Assert.Null(await run.FollowAsync("one"));
        Assert.Null(await run.FollowAsync("two"));
    }

    [Fact]
    public async Task Targets_key_rotation_stages_targets_anew()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.MakeKeyAsync("targets2");
        await run.DoAsync("key change targets --add @targets2.pub --remove @targets.pub");
        await run.SignAsync("root");
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "targets has 0 of 1 signatures");
        await run.SignAsync("targets2");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Delegated_vendor_signs_its_own_files_and_those_alone()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.MakeKeyAsync("acme");
        run.Write("content", "by acme");
        await run.DoAsync("delegate acme --path acme/*/* --public-key @acme.pub --terminating");
        await run.DoAsync("add @content --path acme/guard/content");
        Assert.Contains(" in acme.", run.Told, StringComparison.Ordinal);
        await run.RefusesAsync("add @content --path other/guard/content --role acme", "no client would look for");
        await run.SignAsync("targets", "acme");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "acme/guard/content"));
        await run.DoAsync("add @content --path acme/guard/more");
        await run.RefusesAsync("sign --key @targets --passphrase-file @passphrase", "has no part");
        await run.SignAsync("acme");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "acme/guard/more"));
        await run.DoAsync("delegate acme --remove");
        await run.SignAsync("targets");
        await run.PublishAsync();
        Assert.Equal(TrustRefusalCode.TargetNotFound, (await run.FollowAsync("one", "acme/guard/content"))!.Code);
        // The same name again goes on from its last version: older ones would be a rollback.
        await run.DoAsync("delegate acme --path acme/*/* --public-key @acme.pub");
        await run.DoAsync("add @content --path acme/guard/content");
        await run.SignAsync("targets", "acme");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "acme/guard/content"));
    }

    [Fact]
    public async Task Bins_spread_files_and_are_found()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate bin --bins 3 --public-key @online.pub");
        for (int i = 0; i < 5; i++)
        {
            run.Write("content", $"content {i}");
            await run.DoAsync($"add @content --path a/file-{i}");
        }

        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        for (int i = 0; i < 5; i++)
        {
            Assert.Null(await run.FollowAsync("one", $"a/file-{i}"));
            Assert.Equal($"content {i}", run.Downloaded("one"));
        }

        await run.RefusesAsync("delegate acme --path a/* --public-key @online.pub", "exclude roles");
    }

    [Fact]
    public async Task Published_repository_that_nobody_tends_is_refused_and_publishing_renews_it()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Clock.Now += TimeSpan.FromDays(8);
        await run.RefusesAsync("check", "Freeze");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
        run.Clock.Now += TimeSpan.FromDays(180);
        // Targets are signed offline: an online key cannot renew them.
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "Freeze");
        await run.DoAsync("sign --renew targets --key @targets --passphrase-file @passphrase");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Json_tells_what_was_done_and_how_the_roles_stand()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b --json");
        using JsonDocument told = JsonDocument.Parse(run.Told);
        Assert.True(told.RootElement.GetProperty("ok").GetBoolean());
        JsonElement targets = told.RootElement.GetProperty("roles").EnumerateArray().Single(static role => role.GetProperty("role").GetString() == "targets");
        Assert.Equal("unsigned", targets.GetProperty("state").GetString());
        Assert.Equal(2, targets.GetProperty("version").GetInt32());
        Assert.Equal(1, targets.GetProperty("targets").GetInt32());
        Assert.Equal(1, targets.GetProperty("missing").GetArrayLength());
        Assert.Equal(ExitCodes.Refused, await run.RunAsync("remove nothing --json"));
        Assert.Contains("\"code\": \"UnknownTarget\"", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_keys_are_encrypted_and_their_owners_alone()
    {
        using var run = new RepositoryRun();
        await run.MakeKeyAsync("k");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(run.PathOf("k")));
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", await File.ReadAllTextAsync(run.PathOf("k"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("init")]
    [InlineData("key")]
    [InlineData("key new")]
    [InlineData("key public")]
    [InlineData("key list")]
    [InlineData("key change")]
    [InlineData("delegate")]
    [InlineData("add")]
    [InlineData("remove")]
    [InlineData("sign")]
    [InlineData("publish")]
    [InlineData("discard")]
    [InlineData("check")]
    public async Task Help_has_examples(string command)
    {
        using var run = new RepositoryRun();
        Assert.Equal(ExitCodes.Done, await run.RunAsync($"{command} --help".TrimStart()));
        Assert.Contains("Examples:", run.Told, StringComparison.Ordinal);
        Assert.Contains($"  outwork repo {command}", run.Told, StringComparison.Ordinal);
    }
}
