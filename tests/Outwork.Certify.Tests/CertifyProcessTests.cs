using System.Diagnostics;
using System.Globalization;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

/// <summary>The command as a vendor runs it: a process of its own, with children and signals of its own.</summary>
public sealed class CertifyProcessTests : IDisposable
{
    private readonly string _temporary = Directory.CreateTempSubdirectory("outwork-process-").FullName;
    private readonly string _content = Directory.CreateTempSubdirectory("outwork-chaos-").FullName;

    [Theory]
    [InlineData(ChaosBehavior.LoopsForever)]
    [InlineData(ChaosBehavior.BreaksRing)]
    public async Task Product_that_hangs_gets_its_report(ChaosBehavior behavior)
    {
        await File.WriteAllTextAsync(Path.Join(_content, ChaosPlan.FileName), new ChaosPlan(behavior).ToString(), TestContext.Current.CancellationToken);
        using Process process = Start(BuiltPrograms.ChaosProduct, "--content", _content, "--minutes", "0.01");
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\nNOT CERTIFIED: ", output, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Run_that_is_ended_by_a_signal_leaves_nothing(string signal, int code)
    {
        using Process process = Start(BuiltPrograms.CProduct, "--minutes", "5");
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("load of", StringComparison.Ordinal))
            Assert.NotEmpty(Directory.EnumerateFileSystemEntries(_temporary));
        Assert.Equal(0, BuiltPrograms.Run("kill", "-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(code, process.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary));
    }

    [Fact]
    public async Task Reader_that_is_gone_makes_no_failure_a_success()
    {
        using Process process = Start("/bin/false");
        process.StandardOutput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
    }

    public void Dispose()
    {
        Directory.Delete(_temporary, recursive: true);
        Directory.Delete(_content, recursive: true);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(BuiltPrograms.Outwork, ["certify", "--unconfined", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["TMPDIR"] = _temporary;
#pragma warning disable RS0030 // Tests are no part of the product and have no launcher.
        return Process.Start(start)!;
#pragma warning restore RS0030
    }
}
