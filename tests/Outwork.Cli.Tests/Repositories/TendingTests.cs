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
