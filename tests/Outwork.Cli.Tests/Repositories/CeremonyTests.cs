namespace Outwork.Cli.Tests.Repositories;

/// <summary>Signing on another machine: what is asked for is shown first, and signed only when that is said.</summary>
public sealed class CeremonyTests
{
    [Fact]
    public async Task Request_alone_is_shown_and_nothing_is_signed()
    {
        using var run = new RepositoryRun();
        await MakeRequestAsync(run);
        await run.DoAsync("sign --request @request");
        Assert.Contains("file a/b: 11 bytes, sha256 ", run.Told, StringComparison.Ordinal);
        Assert.False(File.Exists(run.PathOf("signatures")));
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_is_signed_without_yes()
    {
        using var run = new RepositoryRun();
        await MakeRequestAsync(run);
        await run.RefusesAsync("sign --request @request --key @targets --output @signatures --passphrase-file @passphrase", "nothing was signed");
        Assert.Contains("file a/b", run.Told, StringComparison.Ordinal);
        Assert.False(File.Exists(run.PathOf("signatures")));
    }

    [Fact]
    public async Task Both_machines_show_the_same_digest()
    {
        using var run = new RepositoryRun();
        await MakeRequestAsync(run);
        string digest = Assert.Single(run.Told.Split('\n'), static line => line.StartsWith("targets: sha256 ", StringComparison.Ordinal))["targets: sha256 ".Length..];
        await run.DoAsync("check");
        Assert.Contains(digest, run.Told, StringComparison.Ordinal);
        await run.DoAsync("sign --request @request --key @targets --output @signatures --yes --passphrase-file @passphrase");
        Assert.Contains(digest, run.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_that_is_named_is_the_only_one_shown_and_signed()
    {
        using var run = new RepositoryRun();
        await MakeRequestAsync(run);
        await run.DoAsync("sign --renew root");
        await run.DoAsync("sign --export @request");
        await run.DoAsync("sign --request @request --role root --key @root --key @targets --output @signatures --yes --passphrase-file @passphrase");
        Assert.DoesNotContain("file a/b", run.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("Signed targets", run.Told, StringComparison.Ordinal);
        await run.RefusesAsync("sign --request @request --role acme", "does not ask for this role");
    }

    [Fact]
    public async Task Hostile_request_is_refused_before_anything_is_signed()
    {
        using var run = new RepositoryRun();
        await MakeRequestAsync(run);
        string hostile = (await File.ReadAllTextAsync(run.PathOf("request"), TestContext.Current.CancellationToken)).Replace("\"length\": 11", "\"length\": null", StringComparison.Ordinal);
        run.Write("request", hostile);
        await run.RefusesAsync("sign --request @request --key @targets --output @signatures --yes --passphrase-file @passphrase", "asks for no signatures");
        Assert.False(File.Exists(run.PathOf("signatures")));
    }

    [Theory]
    [InlineData("sign --request @request --key @targets", "--output")]
    [InlineData("sign --request @request --output @signatures", "--key")]
    [InlineData("sign --request @request --export @other", "--export")]
    [InlineData("sign --request @request --import @other", "--import")]
    [InlineData("sign --request @request --renew root", "--renew")]
    [InlineData("sign --key @targets --output @signatures", "--output")]
    [InlineData("sign --key @targets --yes", "--yes")]
    [InlineData("sign --export @request --role targets", "--role")]
    [InlineData("sign --key @targets --passphrase-file @passphrase --passphrase-fd 0", "one of")]
    [InlineData("sign --key @targets --passphrase-fd -1", "from 0 on")]
    [InlineData("key change root", "--threshold")]
    [InlineData("key change root --threshold 0", "from 1 on")]
    [InlineData("delegate a --path a/* --public-key @targets.pub --days 0", "from 1 on")]
    [InlineData("delegate a --path a/* --public-key @targets.pub --days soon", "soon")]
    [InlineData("delegate a --bins few --public-key @targets.pub", "few")]
    [InlineData("key change root --threshold two", "two")]
    [InlineData("publish", "--key")]
    [InlineData("delegate a --remove --public-key @targets.pub", "means nothing")]
    [InlineData("delegate a --remove --terminating", "means nothing")]
    [InlineData("delegate a --bins 2 --public-key @targets.pub --terminating", "means nothing")]
    [InlineData("init --root-days 0 --root-key @a --targets-key @a --online-key @a", "from 1 on")]
    public async Task Options_that_contradict_each_other_are_refused(string line, string told)
    {
        using var run = new RepositoryRun();
        Assert.Equal(ExitCodes.Usage, await run.RunAsync(line));
        Assert.Contains(told, run.Told, StringComparison.Ordinal);
    }

    private static async Task MakeRequestAsync(RepositoryRun run)
    {
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.DoAsync("sign --export @request");
    }
}
