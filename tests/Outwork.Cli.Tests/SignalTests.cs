using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Tests;

/// <summary>A process of its own, since a signal is for a whole process.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData("status")]
    [InlineData("decisions")]
    public async Task Command_that_is_told_to_end_while_it_waits_ends_with_143(string command)
    {
        Assert.SkipUnless(CurrentProcess.IsRoot, "needs root, whose socket alone is believed");
        using var run = new CommandRun();
        using var asked = new ManualResetEventSlim();
        using var answer = new ManualResetEventSlim();
        FakeAgent agent = FakeAgent.Start(run.SocketPath, _ =>
        {
            asked.Set();
            answer.Wait(TestContext.Current.CancellationToken);
            return new ControlResponse { Ok = true };
        });
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = Path.Join(AppContext.BaseDirectory, "outwork"),
            Arguments = [command, "--socket", run.SocketPath],
            Environment = [new("DOTNET_ROOT", CurrentProcess.RuntimeDirectory), new("PATH", "/usr/bin:/bin")],
            Descriptors = [],
        });
        using LaunchedProcess process = result.Process!;
        try
        {
            Assert.True(asked.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "the command did not ask");

            process.RequestEnd();

            Assert.Equal(new ProcessExit(143, 0), process.WaitForExit(TimeSpan.FromSeconds(20)));
        }
        finally
        {
            process.Kill();
            answer.Set();
            await agent.DisposeAsync();
        }
    }
}
