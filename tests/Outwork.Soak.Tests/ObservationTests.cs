using System.Diagnostics;
using Outwork.Soak.Judging;
using Outwork.Soak.Observed;

namespace Outwork.Soak.Tests;

public sealed class ObservationTests
{
    [Fact]
    public void Line_of_the_probe_is_read()
    {
        WorkSample sample = WorkSample.Parse("start 1000000000 2500000 1 0", now: 9)!.Value;
        Assert.Equal(("start", 1_000_000_000, 1_002_500_000, 2.5, 1, 0), (sample.Kind, sample.Begun, sample.Ended, sample.Longest.TotalMilliseconds, sample.Steps, sample.Result));
    }

    [Fact]
    public void Operation_of_several_steps_ended_when_its_line_was_read()
    {
        Assert.Equal(77_000_000, WorkSample.Parse("package 1 2000000 9 0", now: 77_000_000)!.Value.Ended);
    }

    [Theory]
    [InlineData("")]
    [InlineData("start 1 2 3")]
    [InlineData("start 1 2 3 x")]
    [InlineData("start 1 2 3 4 5")]
    public void Line_that_is_no_operation_is_none(string line) => Assert.Null(WorkSample.Parse(line, 0));

    [Fact]
    public void Marks_are_counted_and_the_group_is_none()
    {
        string information = """
            pos:	0
            flags:	02004002
            fanotify flags:12 event-flags:88000
            fanotify sdev:2b mflags:0 mask:38 ignored_mask:0
            fanotify ino:9 sdev:2b mflags:1c0 mask:8 ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:00
            """;
        Assert.Equal(2, ProcessFacts.CountMarks(information));
    }

    [Theory]
    [InlineData("12 34 5\n", 34)]
    [InlineData("", 0)]
    [InlineData("nonsense", 0)]
    public void Run_delay_is_the_second_number(string text, long expected) => Assert.Equal(expected, ProcessFacts.ParseRunDelay(text));

    [Fact]
    public void Control_groups_of_an_instance_are_found_by_its_folder()
    {
        string[] lines = ["5:memory:/user/outwork-12ab34cd/execguard", "4:cpu,cpuacct:/outwork-12ab34cd", "0::/init.scope"];
        Assert.Equal(["/user/outwork-12ab34cd", "/outwork-12ab34cd"], Leftovers.GroupFolders(lines));
    }

    [Fact]
    public void NothingLeft_finds_a_process_a_socket_and_a_file_that_stayed()
    {
        using var directory = new TempDirectory();
        string run = directory["run"];
        var leftovers = new Leftovers(directory[""], run);
        Assert.Empty(leftovers.Find());

        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "lock"), "");
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(run, "control.sock")));
        using Process process = TestProcess.Start("/", "/bin/sleep", "60");
        leftovers.Note(Environment.ProcessId);
        IReadOnlyList<string> found = leftovers.Find();
        Assert.Contains(found, one => one.StartsWith($"process {process.Id},", StringComparison.Ordinal));
        Assert.Contains(found, static one => one.StartsWith("socket ", StringComparison.Ordinal));
        Assert.Contains(found, static one => one.EndsWith("/lock", StringComparison.Ordinal));

        process.Kill();
        process.WaitForExit();
        Assert.DoesNotContain(leftovers.Find(), one => one.StartsWith($"process {process.Id},", StringComparison.Ordinal));
    }
}
