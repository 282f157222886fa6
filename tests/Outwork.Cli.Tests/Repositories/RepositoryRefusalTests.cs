using Outwork.Cli.Tests.Support;

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
    [InlineData("repo", "publish", "--key", "")]
    [InlineData("repo", "publish", "--key", "k", "--passphrase-file", "")]
    [InlineData("repo", "publish", "--key", "k", "--repo", "")]
    [InlineData("repo", "add", "", "--path", "a/b")]
    [InlineData("repo", "key", "new", "")]
    [InlineData("repo", "key", "public", "")]
    [InlineData("repo", "key", "change", "root", "--add", "")]
    [InlineData("repo", "sign", "--export", "")]
    [InlineData("repo", "sign", "--import", "")]
    [InlineData("repo", "sign", "--request", "")]
    [InlineData("package", "build", "")]
    [InlineData("package", "build", "x", "--output", "")]
    [InlineData("package", "inspect", "")]
    [InlineData("package", "verify", "")]
    [InlineData("policy", "check", "")]
    [InlineData("policy", "apply", "")]
    [InlineData("product", "inspect", "")]
    [InlineData("certify", "")]
    [InlineData("certify", "x", "--content", "")]
    [InlineData("content", "import", "")]
    [InlineData("up", "--updates", "")]
    [InlineData("up", "--policy", "")]
    [InlineData("up", "--mount", "")]
    public async Task Empty_path_is_a_wrong_command_line(params string[] line)
    {
        using var run = new CommandRun();
        Assert.Equal(ExitCodes.Usage, await run.RunAsync(line));
        Assert.Contains("takes a path", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add @content --path ../up", "is no path")]
    [InlineData("add @content --path a//b", "is no path")]
    [InlineData("add @content --path a/b --role nobody", "there is no role nobody")]
    [InlineData("add @nothing --path a/b", "nothing")]
    [InlineData("add @content --path a/b.owpkg", "is no package that a device would take: shorter than a header")]
    [InlineData("add @ --path a/b", "is a folder")]
    [InlineData("sign --import @content", "Name the file that the other machine wrote")]
    [InlineData("sign --key @content --passphrase-file @passphrase", "Name a key's file")]
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
    [InlineData("delegate a --bins 2 --public-key @targets.pub --threshold 2", "is no threshold")]
    [InlineData("key public @targets --passphrase-file @passphrase", "is there already")]
    [InlineData("discard nobody", "nothing is staged")]
    [InlineData("sign --export @request", "lacks a signature")]
    [InlineData("sign --renew nobody", "there is no role nobody")]
    [InlineData("sign --key @targets.pub --passphrase-file @passphrase", "is the public half")]
    [InlineData("sign --key @targets --key @missing --passphrase-file @passphrase", "missing")]
    [InlineData("sign --key @targets --passphrase-fd 999", "999")]
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
