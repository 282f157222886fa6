namespace Outwork.Cli.Tests.Repositories;

public sealed class RepositoryRefusalTests
{
    [Fact]
    public async Task What_a_client_would_refuse_is_not_published()
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets");
        string copy = Assert.Single(Directory.GetFiles(Path.Join(run.Repository, "public/targets/a")));
        await File.WriteAllTextAsync(copy, "another one", TestContext.Current.CancellationToken);
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "is another file than was signed");
        File.Delete(copy);
        await run.RefusesAsync("publish --key @online --passphrase-file @passphrase", "is signed and not there");
        Assert.Null(await run.FollowAsync("one"));
        await run.DoAsync("add @content --path a/b");
        await run.SignAsync("targets");
        await run.PublishAsync();
        Assert.Null(await run.FollowAsync("one", "a/b"));
    }

    [Theory]
    [InlineData("add @content --path ../up", "is no path")]
    [InlineData("add @content --path a//b", "is no path")]
    [InlineData("add @content --path a/b --role nobody", "there is no role nobody")]
    [InlineData("add @nothing --path a/b", "nothing")]
    [InlineData("delegate root --path a/* --public-key @targets.pub", "is no name for a role")]
    [InlineData("delegate a/b --path a/* --public-key @targets.pub", "is no name for a role")]
    [InlineData("delegate a --path a/* --public-key @content", "holds no public key")]
    [InlineData("delegate a --path a/* --public-key @targets.pub --threshold 2", "is no threshold")]
    [InlineData("delegate a --path a/* --public-key @targets.pub --from nobody", "there is no role nobody")]
    [InlineData("delegate a --remove", "nobody delegates")]
    [InlineData("delegate a --bins 15 --public-key @targets.pub", "are not from 1 to 14")]
    [InlineData("key change targets --remove 00", "has no key 00")]
    [InlineData("key change targets --add @targets.pub", "already")]
    [InlineData("key change targets --threshold 2", "is no threshold")]
    [InlineData("key change nobody --threshold 2", "there is no role nobody")]
    [InlineData("key new @targets --passphrase-file @passphrase", "never overwritten")]
    [InlineData("sign --renew timestamp", "renewed by each publication")]
    [InlineData("sign --key @targets --passphrase-file @content", "the passphrase is wrong")]
    [InlineData("sign --key @content --passphrase-file @passphrase", "is no encrypted private key")]
    [InlineData("publish --key @targets --passphrase-file @passphrase", "are at hand")]
    [InlineData("init --root-key @root.pub --targets-key @targets.pub --online-key @online.pub", "is a repository already")]
    public async Task What_is_wrong_is_refused_by_name_and_changes_nothing(string line, string told)
    {
        using var run = new RepositoryRun();
        await run.MakeRepositoryAsync();
        run.Write("content", "the content");
        await run.RefusesAsync(line, told);
        Assert.Empty(Directory.GetFiles(Path.Join(run.Repository, "staged")));
        Assert.Empty(Directory.GetFiles(Path.Join(run.Repository, "public/targets"), "*", SearchOption.AllDirectories));
    }
}
