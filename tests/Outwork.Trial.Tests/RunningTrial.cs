using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Trial.Tests;

/// <summary>The real outwork-trial with TemplateGuard as its one product, started as the warden starts it; the test asks as the agent does.</summary>
internal sealed class RunningTrial : IDisposable
{
    public const string Product = "template-guard";

    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static int _users;

    private readonly ControlGroups _groups;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _length;

    public RunningTrial(string content)
    {
        Assert.SkipUnless(CurrentProcess.IsRoot || Environment.GetEnvironmentVariable("CI") == "true", "needs root");
        Root = Directory.CreateTempSubdirectory("outwork-trial-").FullName;
        File.SetUnixFileMode(Root, Everybody);
        RunDirectory = Path.Join(Root, "run");
        Packages = Path.Join(Root, "packages");
        _ = Directory.CreateDirectory(RunDirectory);
        PutContent(content, Path.Join(Packages, "b"));
        User = DynamicUsers.FromSystem().Take("trial-test/" + Root + Interlocked.Increment(ref _users));
        _groups = new ControlGroups(RunDirectory, ControlGroupHierarchies.Find());
        Groups = _groups.Create("trial." + Product, new ResourceLimits(512L << 20, 100, 128), out _);

        SocketPair pair = SocketPair.CreateStream();
        using SafeFileHandle own = pair.Second;
        _socket = new Socket(new SafeSocketHandle(pair.First.DangerousGetHandle(), ownsHandle: true)) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        pair.First.SetHandleAsInvalid();
        string[] groups = [.. Groups.SelectMany(static group => new[] { "--launch", "--cgroup", "--launch", group })];
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = Path.Join(Programs, "outwork-trial"),
            Arguments =
            [
                "--launcher", Path.Join(Programs, "outwork-warden"), "--run-dir", RunDirectory, "--bin", Programs,
                "--product", Product, "--program", Path.Join(Programs, "template-guard"), "--user", User.ToString(CultureInfo.InvariantCulture), "--packages", Packages,
                "--launch", "--restrict-files", "--launch", "yes", .. groups,
            ],
            Environment = [new("DOTNET_ROOT", CurrentProcess.RuntimeDirectory), new(TrialProcess.SocketVariable, "3")],
            Descriptors = [new(own, 3), new(StandardStreams.Error, 1), new(StandardStreams.Error, 2)],
        });
        Process = result.Process ?? throw new InvalidOperationException(result.Refusal);
    }

    public static string Programs { get; } = AppContext.BaseDirectory.TrimEnd('/');

    public string Root { get; }

    public string RunDirectory { get; }

    public string Packages { get; }

    public uint User { get; }

    public IReadOnlyList<string> Groups { get; }

    public LaunchedProcess Process { get; }

    public List<TrialReport> Reports { get; } = [];

    /// <summary>Limits that suit a test on a machine that does much else.</summary>
    public static TrialLimits Limits { get; } = new() { Questions = 500, LiveSeconds = 0, DeadlineMilliseconds = 20_000, StartSeconds = 60 };

    public static void PutContent(string content, string slot)
    {
        _ = Directory.CreateDirectory(slot, Everybody);
        File.Copy(Path.Join(Programs, "contents", content, "template.json"), Path.Join(slot, "template.json"));
    }

    /// <summary>A file of this run, as it would have been recorded.</summary>
    public RecordedQuestion Record(string name, Verdict verdict, UnixFileMode further = UnixFileMode.None)
    {
        string path = Path.Join(Root, name);
        File.WriteAllText(path, "#!/bin/true\n");
        File.SetUnixFileMode(path, Everybody | further);
        using RecordedFile file = RecordedFile.Open(path)!;
        return new RecordedQuestion
        {
            Kind = EventKind.Exec, Via = ExecVia.Script, Path = path, Verdict = verdict,
            Device = file.Identity.Device, Inode = file.Identity.Inode, Size = file.Identity.Size, ModifiedNs = file.Identity.ModifiedNs,
        };
    }

    public void Send(TrialMessage message) => _ = _socket.Send(message.ToLine());

    public void SendRaw(string text) => _ = _socket.Send(System.Text.Encoding.UTF8.GetBytes(text));

    public void Ask(TrialLimits limits, params RecordedQuestion[] recording) => Ask(1, limits, recording);

    public void Ask(ulong id, TrialLimits limits, params RecordedQuestion[] recording)
    {
        Send(new TrialMessage { Type = TrialTypes.Trial, Id = id, Product = Product, Slot = "b", Limits = limits });
        foreach (RecordedQuestion question in recording)
            Send(new TrialMessage { Type = TrialTypes.Question, Question = question });
        Send(new TrialMessage { Type = TrialTypes.Replay });
    }

    /// <summary>The next line; null when the trial has closed its end.</summary>
    public TrialReport? Take()
    {
        while (true)
        {
            int end = _buffer.AsSpan(0, _length).IndexOf((byte)'\n');
            if (end >= 0)
            {
                TrialReport report = TrialReport.Read(_buffer.AsSpan(0, end)) ?? throw new InvalidDataException("not a report");
                _buffer.AsSpan(end + 1, _length - end - 1).CopyTo(_buffer);
                _length -= end + 1;
                Reports.Add(report);
                return report;
            }

            int received = _socket.Receive(_buffer.AsSpan(_length));
            if (received == 0)
                return null;
            _length += received;
        }
    }

    /// <summary>Reads to the result; null when there is none.</summary>
    public TrialReport? TakeResult()
    {
        TrialReport? report;
        do
            report = Take();
        while (report is { Type: not TrialTypes.Result });
        return report;
    }

    public void HangUp() => _socket.Dispose();

    /// <summary>Nothing runs as the product's user, nothing is in its groups, nothing is mounted.</summary>
    public void AssertNothingIsLeft()
    {
        Assert.NotNull(Process.WaitForExit(Patience));
        var poll = new DescriptorPoll();
        for (int i = 0; i < 500 && Members().Count > 0; i++)
            poll.Wait(TimeSpan.FromMilliseconds(20));
        Assert.Empty(Members());
        Assert.DoesNotContain(RunDirectory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.Equal(0, _groups.Remove());
        Assert.All(Groups, static group => Assert.False(Directory.Exists(group), group));
    }

    public void Dispose()
    {
        Process.Kill();
        _ = Process.WaitForExit(Patience);
        Process.Dispose();
        _socket.Dispose();
        _ = _groups.Remove();
        Directory.Delete(Root, recursive: true);
    }

    private List<string> Members()
    {
        string user = User.ToString(CultureInfo.InvariantCulture);
        List<string> members = [.. Groups.Where(Directory.Exists).SelectMany(static group => File.ReadAllLines(Path.Join(group, "cgroup.procs")))];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(static folder => char.IsAsciiDigit(folder[^1])))
        {
            if (ProcStatus.TryGetRealUser(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), out uint owner) && owner.ToString(CultureInfo.InvariantCulture) == user)
                members.Add(folder);
        }

        return members;
    }
}
