using System.Globalization;
using System.Text;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

public sealed class LinuxProcessLauncherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Exit_code_is_told()
    {
        using LaunchedProcess process = Start("exit 7");
        Assert.Equal(new ProcessExit(7, 0), process.WaitForExit(Patience));
        Assert.Equal(new ProcessExit(7, 0), process.TryGetExit());
    }

    [Fact]
    public void Signal_is_told()
    {
        using LaunchedProcess process = Start("exec sleep 1000");
        Assert.Null(process.TryGetExit());
        Assert.Null(process.WaitForExit(TimeSpan.FromMilliseconds(1)));
        process.Kill();
        Assert.Equal(new ProcessExit(0, 9), process.WaitForExit(Patience));
        process.Kill();
    }

    [Fact]
    public void Program_that_is_missing_is_a_refusal()
    {
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec { Program = "/no/such/program" });
        Assert.Null(result.Process);
        Assert.StartsWith("/no/such/program: ", result.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Child_gets_the_listed_descriptors_and_environment_and_nothing_else()
    {
        SocketPair pipe = SocketPair.CreateStream();
        using (pipe.First)
        {
            using (LaunchedProcess process = Start("ls /proc/self/fd; env", new(pipe.Second, 1), new(pipe.Second, 9)))
            {
                Assert.Equal(new ProcessExit(0, 0), process.WaitForExit(Patience));
            }

            pipe.Second.Dispose();
            string[] told = ReadToEnd(pipe).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["0", "1", "2", "3", "9", "NAME=a value", "PWD=" + Environment.CurrentDirectory], told);
        }
    }

    [Fact]
    public void Child_has_a_session_of_its_own_and_no_ignored_signal()
    {
        SocketPair pipe = SocketPair.CreateStream();
        using (pipe.First)
        {
            int pid;
            using (LaunchedProcess process = Start("cat /proc/self/stat; grep -E '^Sig(Ign|Blk)' /proc/self/status", new InheritedDescriptor(pipe.Second, 1)))
            {
                pid = process.ProcessId;
                Assert.Equal(new ProcessExit(0, 0), process.WaitForExit(Patience));
            }

            pipe.Second.Dispose();
            string told = ReadToEnd(pipe);
            Assert.Equal(pid, int.Parse(told.Split(' ')[5], CultureInfo.InvariantCulture));
            Assert.Contains("SigBlk:\t0000000000000000", told, StringComparison.Ordinal);

            // 32 and 33 are glibc's own: its posix_spawn ignores them until the program sets them up (sysdeps/unix/sysv/linux/spawni.c).
            ulong ignored = ulong.Parse(told.TrimEnd()[^16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            Assert.Equal(0UL, ignored & ~(3UL << 31));
        }
    }

    private static LaunchedProcess Start(string script, params InheritedDescriptor[] descriptors)
    {
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = "/bin/sh",
            Arguments = ["-c", script],
            Environment = [new("NAME", "a value")],
            Descriptors = descriptors,
        });
        Assert.Null(result.Refusal);
        return result.Process!;
    }

    private static string ReadToEnd(SocketPair pipe)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        int count;
        using var stream = new FileStream(pipe.First, FileAccess.Read, bufferSize: 0);
        while ((count = stream.Read(buffer)) > 0)
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return text.ToString();
    }
}
