namespace Outwork.Soak.Tests;

/// <summary>The command line: what is wrong is said before anything is mounted.</summary>
public sealed class OptionTests
{
    [Theory]
    [InlineData("--minutes 0.2", "--minutes", "0")]
    [InlineData("--minutes 0.2", "--minutes", "-1")]
    [InlineData("--minutes", "--minutes", "NaN")]
    [InlineData("expected 0.2 to 2160", "--minutes", "100000")]
    [InlineData("--mount /: ", "--mount", "/")]
    [InlineData("--mount /nowhere: not a mount point", "--mount", "/nowhere")]
    [InlineData("--json /nowhere/x: no such directory", "--json", "/nowhere/x")]
    [InlineData("hours", "--minutes", "hours")]
    [InlineData("--nonsense", "--nonsense")]
    public void Wrong_option_is_told_and_nothing_is_done(string told, params string[] arguments)
    {
        TestProcess run = SoakProgram.Run(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(told is "--minutes 0.2" ? "expected 0.2 to" : told, run.Errors + run.Output);
        Assert.DoesNotContain("Usage:", run.Errors + run.Output);
    }

    [Fact]
    public void Plan_is_printed_and_the_same_for_the_same_seed()
    {
        TestProcess once = SoakProgram.Run("--plan", "--minutes", "1", "--seed", "5");
        Assert.Equal(0, once.ExitCode);
        Assert.Contains("#1 ", once.Output);
        Assert.Equal(once.Output, SoakProgram.Run("--plan", "--minutes", "1", "--seed", "5").Output);
    }

    [Fact]
    public void Help_has_examples()
    {
        TestProcess help = SoakProgram.Run("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("./outwork soak --minutes 5 --seed 7", help.Output);
    }
}
