using System.Text.Json;
using Outwork.Trust.Authoring;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Tests.Repositories;

/// <summary>What keeps a repository going, and what goes wrong in the life of one.</summary>
public sealed class TendingTests
{
    [Fact]
    public async Task Timer_renews_what_is_published_whatever_is_staged()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        run.Clock.Now += TimeSpan.FromDays(8);
        Assert.Equal(TrustRefusalCode.Freeze, (await run.FollowAsync("one"))!.Code);
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "targets has 0 of 1 signatures");
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase");
        Assert.Equal(TrustRefusalCode.TargetNotFound, (await run.FollowAsync("one", "a/b"))!.Code);
        // What was staged still is.
        await run.SignAsync("targets");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "a/b"));
    }

    [Fact]
    public async Task Timer_renews_with_the_old_keys_while_new_ones_are_only_staged()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.MakeKeyAsync("online2");
        await run.DoAsync("key change timestamp --add @online2.pub --remove @online");
        run.Clock.Now += TimeSpan.FromDays(8);
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase");
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Nothing_published_is_nothing_to_renew()
    {
        using var run = new RepositoryRun();
        foreach (string key in (string[])["root", "targets", "online"])
            await run.MakeKeyAsync(key);
        await run.DoAsync("init --root-key @root --targets-key @targets --online-key @online");
        await run.RefusesAsync("publish --renew --key @online --passphrase-file @passphrase", "nothing is published");
        await run.RefusesAsync("discard targets", "was never published");
    }

    [Fact]
    public async Task What_is_staged_can_be_taken_back()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.MakeKeyAsync("acme");
        await run.DoAsync("delegate acme --path a/* --public-key @acme");
        await run.RefusesAsync("discard acme", "was never published");
        await run.DoAsync("discard targets");
        Assert.Empty(Directory.GetFiles(Path.Join(run.Repository, "staged")));
        await run.RefusesAsync("discard targets", "nothing is staged");
    }

    [Fact]
    public async Task Delegated_role_whose_name_ends_as_the_roots_is_no_root()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate acme.root --path a/* --public-key @online");
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        await run.DoAsync("sign --renew acme.root --key @online --passphrase-file @passphrase");
        await run.PublishAsync();
        await run.DoAsync("check");
        Assert.Null(await run.FollowAsync("one", "a/b"));
    }

    [Fact]
    public async Task Delegation_that_would_hide_a_published_file_is_not_published()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate one --path a/* --public-key @online");
        await run.DoAsync("delegate two --path a/* --public-key @online");
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b --role two");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        // Only the role one is staged: whoever it delegates to ends the search before two is asked.
        await run.DoAsync("delegate deep --from one --path a/* --public-key @online --terminating");
        await run.SignAsync("online");
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "TargetNotFound");
        await run.DoAsync("discard one");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "a/b"));
    }

    [Fact]
    public async Task Role_that_expired_is_told_of_and_keeps_nobody_else_from_publishing()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate acme --path a/* --public-key @online --days 10");
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        run.Clock.Now += TimeSpan.FromDays(11);
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase");
        Assert.Contains("acme expired on 2026-12-01", run.Told, StringComparison.Ordinal);
        await run.DoAsync("delegate other --path b/* --public-key @online");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        await run.RefusesAsync("check", "outwork repo sign --renew acme");
    }

    [Fact]
    public async Task Role_that_expired_before_another_is_asked_keeps_that_one_from_nothing()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate acme --path a/* --public-key @online --days 10");
        await run.DoAsync("delegate other --path a/* --public-key @online");
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b --role other");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        run.Clock.Now += TimeSpan.FromDays(11);
        run.Write("content", "newer content");
        await run.DoAsync("add @content --path a/b --role other");
        await run.SignAsync("online");
        await run.PublishAsync();
        Assert.Contains("acme expired on 2026-12-01", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_that_expires_before_it_is_published_is_not_published()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate acme --path a/* --public-key @online --days 10");
        await run.SignAsync("targets", "online");
        run.Clock.Now += TimeSpan.FromDays(11);
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "acme expired before it is published, on 2026-12-01");
        await run.DoAsync("sign --renew acme --key @online --passphrase-file @passphrase");
        await run.PublishAsync();
    }

    [Fact]
    public async Task Role_that_expires_soon_is_told_of_with_the_command_that_renews_it()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("check");
        Assert.DoesNotContain("expires on", run.Told, StringComparison.Ordinal);
        run.Clock.Now += TimeSpan.FromDays(6.5);
        await run.DoAsync("check");
        Assert.Contains($"timestamp expires on 2026-11-28 12:00 UTC: from then on devices take nothing from this repository. Renew it: outwork repo publish --renew --repo {run.Repository}", run.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("targets expires", run.Told, StringComparison.Ordinal);
        run.Clock.Now += TimeSpan.FromDays(170.5);
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase");
        Assert.Contains($"targets expires on 2027-05-20 12:00 UTC", run.Told, StringComparison.Ordinal);
        Assert.Contains($"outwork repo sign --renew targets --repo {run.Repository} --key FILE; then: outwork repo publish", run.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("timestamp expires", run.Told, StringComparison.Ordinal);
        // What is only staged renews nothing yet.
        await run.DoAsync("sign --renew targets");
        Assert.Contains("not signed by enough keys yet", run.Told, StringComparison.Ordinal);
        await run.DoAsync("sign --renew targets --key @targets --passphrase-file @passphrase");
        Assert.DoesNotContain("not signed", run.Told, StringComparison.Ordinal);
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase");
        Assert.Contains("targets expires on 2027-05-20", run.Told, StringComparison.Ordinal);
        await run.PublishAsync();
        Assert.DoesNotContain("expires on", run.Told, StringComparison.Ordinal);
        run.Clock.Now += TimeSpan.FromDays(175);
        await run.DoAsync("publish --renew --key @online --passphrase-file @passphrase --json");
        using JsonDocument told = JsonDocument.Parse(run.Told);
        Assert.Contains(told.RootElement.GetProperty("warnings").EnumerateArray(), static warning => warning.GetString()!.StartsWith("root expires on 2027-11-21", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Role_that_is_good_for_days_only_is_told_of_in_its_last_third()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.DoAsync("delegate acme --path a/* --public-key @online --days 9");
        await run.SignAsync("targets", "online");
        await run.PublishAsync();
        Assert.DoesNotContain("acme expires", run.Told, StringComparison.Ordinal);
        run.Clock.Now += TimeSpan.FromDays(6);
        await run.PublishAsync();
        Assert.Contains("acme expires on 2026-11-30 12:00 UTC: from then on devices take none of its files", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_waits_for_another_one_and_then_says_so()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        string held = Path.Join(run.Repository, ".lock");
        using (var other = new FileStream(held, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            run.Clock.Hurries = true;
            await run.RefusesAsync("check", "another command works on the repository");
            Assert.Contains("[Busy]", run.Told, StringComparison.Ordinal);
            run.Clock.Hurries = false;
            var waited = run.Clock.Waited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<int> waits = Task.Run(() => run.RunAsync("check"), TestContext.Current.CancellationToken);
            await waited.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            Assert.False(waits.IsCompleted);
            await other.DisposeAsync();
            Assert.Equal(ExitCodes.Done, await waits);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task File_that_is_no_metadata_is_named(string text)
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        string file = Path.Join(run.Repository, "public/metadata/timestamp.json");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        await run.RefusesAsync("check", $"{file} is no metadata of the role timestamp. Take the file from a copy");
    }

    [Fact]
    public async Task Key_is_named_by_the_digits_that_messages_show()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        await run.MakeKeyAsync("second");
        await run.DoAsync("key list");
        Assert.Contains("says root 1", run.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("the new root", run.Told, StringComparison.Ordinal);
        string id = PublicKeyFile.Read(await File.ReadAllTextAsync(run.PathOf("online.pub"), TestContext.Current.CancellationToken))!.Id;
        await run.DoAsync($"key change snapshot --add @second.pub --remove {id[..8]}");
        await run.DoAsync("key list");
        Assert.DoesNotContain($"snapshot: {id}", run.Told, StringComparison.Ordinal);
        Assert.Contains($"timestamp: {id}", run.Told, StringComparison.Ordinal);
        Assert.Contains("says the new root", run.Told, StringComparison.Ordinal);
        await run.RefusesAsync($"key change timestamp --remove {id[..7]}", "has no key");
    }

    [Fact]
    public async Task Passphrase_that_everybody_can_read_is_told_of()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        Assert.DoesNotContain("chmod 600", run.Told, StringComparison.Ordinal);
        File.SetUnixFileMode(run.PathOf("passphrase"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await run.PublishAsync();
        Assert.Contains($"chmod 600 {run.PathOf("passphrase")}", run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repository_whose_making_was_cut_off_is_told_as_such_and_made_again()
    {
        using var run = new RepositoryRun();
        foreach (string key in (string[])["root", "targets", "online"])
            await run.MakeKeyAsync(key);
        Directory.CreateDirectory(Path.Join(run.Repository, "staged"));
        await run.RefusesAsync("check", "did not come to its end");
        await run.DoAsync("init --root-key @root --targets-key @targets --online-key @online");
        await run.SignAsync("root", "targets");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one"));
    }

    [Fact]
    public async Task Repository_that_lost_its_roots_is_not_made_anew_over_what_is_published()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        File.Delete(Path.Join(run.Repository, "public/metadata/1.root.json"));
        await run.RefusesAsync("check", "has lost every root");
        await run.RefusesAsync("init --root-key @root --targets-key @targets --online-key @online", "is a repository already");
    }

    [Fact]
    public async Task Published_files_are_for_everybody_to_read()
    {
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        string content = run.Write("content", "the content");
        File.SetUnixFileMode(content, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets");
        await run.PublishAsync();
        string[] published = Directory.GetFiles(Path.Join(run.Repository, "public"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(published);
        Assert.All(published, static file => Assert.Equal(everybody, File.GetUnixFileMode(file) & everybody));
        Assert.Empty(Directory.GetFiles(Path.Join(run.Repository, "public/targets"), "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Public_half_of_a_key_comes_back_from_the_private_one()
    {
        using var run = new RepositoryRun();
        await run.MakeKeyAsync("k");
        string known = await File.ReadAllTextAsync(run.PathOf("k.pub"), TestContext.Current.CancellationToken);
        await run.RefusesAsync("key public @k --passphrase-file @passphrase", "is there already");
        File.Delete(run.PathOf("k.pub"));
        await run.DoAsync("key public @k --passphrase-file @passphrase");
        Assert.Equal(known, await File.ReadAllTextAsync(run.PathOf("k.pub"), TestContext.Current.CancellationToken));
        await run.RefusesAsync("key public @k.pub --passphrase-file @passphrase", "is the public half");
    }

    [Fact]
    public async Task Key_that_cannot_be_kept_leaves_nothing_behind()
    {
        using var run = new RepositoryRun();
        await run.RefusesAsync("key new @nowhere/k --passphrase-file @passphrase", "nowhere");
        Assert.False(Directory.Exists(run.PathOf("nowhere")));
    }
}
