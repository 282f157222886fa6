using Outwork.Cli.Tests.Support;

namespace Outwork.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("status --nonsense")]
    [InlineData("explain")]
    [InlineData("explain abc")]
    [InlineData("explain -1")]
    [InlineData("decisions -n 0")]
    [InlineData("decisions -n x")]
    [InlineData("policy")]
    [InlineData("policy check")]
    [InlineData("completion tcsh")]
    public async Task A_wrong_command_line_ends_with_2(string line)
    {
        using var run = new CommandRun();

        Assert.Equal(2, await run.RunAsync(line.Split(' ')));

        Assert.Contains("--help\n", run.Error);
    }

    [Fact]
    public async Task A_wrong_command_line_names_the_help_of_its_command()
    {
        using var run = new CommandRun();

        Assert.Equal(2, await run.RunAsync("policy", "check"));

        Assert.Contains("See: outwork policy check --help\n", run.Error);
    }

    [Fact]
    public async Task A_socket_path_longer_than_the_system_takes_is_a_wrong_command_line()
    {
        using var run = new CommandRun();

        Assert.Equal(2, await run.RunAsync("status", "--socket", "/" + new string('x', 107)));

        Assert.Contains("107 bytes", run.Error);
    }

    [Fact]
    public async Task Guarding_a_folder_at_which_nothing_is_mounted_is_a_wrong_command_line()
    {
        using var run = new CommandRun();

        Assert.Equal(2, await run.RunAsync("up", "--mount", run.Directory));

        Assert.Contains($"{run.Directory} is not a mount point", run.Error);
    }

    [Fact]
    public async Task The_socket_option_is_understood_before_and_after_the_command()
    {
        using var run = new CommandRun();
        string other = run.Directory + "/other.sock";
        await using var agent = FakeAgent.Start(other, _ => new Contracts.Control.ControlResponse { Ok = true, Status = Samples.Status });

        Assert.Equal(0, await run.RunAsync("--socket", other, "status"));
        Assert.Equal(0, await run.RunAsync("status", "--socket", other));
    }

    [Theory]
    [InlineData("")]
    [InlineData("status")]
    [InlineData("watch")]
    [InlineData("decisions")]
    [InlineData("explain")]
    [InlineData("up")]
    [InlineData("policy")]
    [InlineData("policy check")]
    [InlineData("policy apply")]
    [InlineData("policy show")]
    [InlineData("product")]
    [InlineData("product list")]
    [InlineData("content")]
    [InlineData("content import")]
    [InlineData("certify")]
    [InlineData("repo")]
    [InlineData("package")]
    [InlineData("package build")]
    [InlineData("package inspect")]
    [InlineData("package verify")]
    [InlineData("completion")]
    public async Task Help_has_examples_and_ends_with_0(string command)
    {
        using var run = new CommandRun();

        Assert.Equal(0, await run.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.Contains("Examples:\n", run.Output);
        Assert.Contains($"outwork {command}", run.Output);
    }

    [Theory]
    [InlineData("bash", "complete -o bashdefault")]
    [InlineData("zsh", "#compdef outwork")]
    [InlineData("fish", "complete -c outwork")]
    public async Task Completion_prints_the_script_of_the_shell(string shell, string part)
    {
        using var run = new CommandRun();

        Assert.Equal(0, await run.RunAsync("completion", shell));

        Assert.Contains(part, run.Output);
    }

    [Fact]
    public async Task Completion_suggests_subcommands()
    {
        using var run = new CommandRun();

        Assert.Equal(0, await run.RunAsync("[suggest:15]", "outwork policy "));

        Assert.Contains("check\n", run.Output);
        Assert.Contains("apply\n", run.Output);
        Assert.DoesNotContain("status\n", run.Output);
    }
}
