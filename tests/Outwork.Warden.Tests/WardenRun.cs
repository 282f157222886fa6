using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Tests.Support;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>
/// A real warden over an installation of its own: the real outwork-warden, a broker that speaks the real link and judges nothing,
/// and shell scripts as agent and product. Everything lies below a folder that only root may enter.
/// </summary>
internal sealed class WardenRun : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Executable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _output;
    private readonly string _errors;

    public WardenRun()
    {
        Assert.SkipUnless(CurrentProcess.IsRoot || Environment.GetEnvironmentVariable("CI") == "true", "needs root");
        Root = Directory.CreateTempSubdirectory("outwork-warden-").FullName;
        File.SetUnixFileMode(Root, OwnerOnly);
        Programs = Path.Join(Root, "bin");
        RunDirectory = Path.Join("/tmp", "outwork-run-" + Path.GetFileName(Root)[^6..]);
        State = Path.Join(Root, "state");
        _output = Path.Join(Root, "output");
        _errors = Path.Join(Root, "errors");
        Directory.CreateDirectory(Programs, Executable);
        Directory.CreateDirectory(Path.Join(Programs, "policy"), Executable);
        File.WriteAllText(Path.Join(Programs, "policy", "default.yaml"), "built-in");
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith("outwork-", StringComparison.Ordinal) || name.StartsWith("Outwork.", StringComparison.Ordinal))
                File.Copy(file, Path.Join(Programs, name));
        }

        File.Copy(Path.Join(Programs, "outwork-fake-broker"), Path.Join(Programs, "outwork-broker"));
        WriteScript("outwork-agent", "exec sleep 1000");
        WriteScript("outwork-execguard", "exec sleep 1000");
    }

    public string Root { get; }

    public string Programs { get; }

    public string RunDirectory { get; }

    public string State { get; }

    /// <summary>A program and its arguments that run the warden; its path comes last. Empty to run it directly.</summary>
    public string[] Wrapper { get; set; } = [];

    public LaunchedProcess? Warden { get; private set; }

    public string Output => File.ReadAllText(_output);

    public string Errors => File.ReadAllText(_errors);

    public void WriteScript(string name, string body)
    {
        string path = Path.Join(Programs, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, Executable);
        WriteManifest(path);
    }

    /// <summary>Writes the manifest of a program; its needs are those of a shell script by default.</summary>
    public static void WriteManifest(string program, string json = """{"needs":{"systemPrograms":true}}""")
    {
        File.WriteAllText(program + ".product.json", json);
        File.SetUnixFileMode(program + ".product.json", OwnerOnly);
    }

    public void SetBrokerBehaviour(string behaviour) => File.WriteAllText(Path.Join(Programs, "broker.behaviour"), behaviour);

    /// <summary>Starts a warden and, by default, waits until it says that protection is on.</summary>
    public LaunchedProcess Start(bool waitForProtection = true, SafeFileHandle? parent = null, params string[] arguments) =>
        Start(waitForProtection, parent, standardOutput: null, arguments);

    /// <summary>As above, with a standard output of the test's own.</summary>
    public LaunchedProcess Start(bool waitForProtection, SafeFileHandle? parent, SafeFileHandle? standardOutput, params string[] arguments)
    {
        using SafeFileHandle output = AppendedFile.Open(_output);
        using SafeFileHandle errors = AppendedFile.Open(_errors);
        List<InheritedDescriptor> descriptors = [new(standardOutput ?? output, 1), new(errors, 2)];
        if (parent is not null)
            descriptors.Add(new(parent, 3));
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = Wrapper.Length > 0 ? Wrapper[0] : Path.Join(Programs, "outwork-warden"),
            Arguments = [.. Wrapper.Skip(1), "--mount", Root, "--run-dir", RunDirectory, "--state-dir", State, .. arguments],
            Environment = [new("DOTNET_ROOT", CurrentProcess.RuntimeDirectory), new("PATH", "/usr/bin:/bin")],
            Descriptors = descriptors,
        });
        Assert.Null(result.Refusal);
        Warden ??= result.Process;
        if (waitForProtection)
            WaitFor(() => Output.Contains("protection is on", StringComparison.Ordinal), "protection");
        return result.Process!;
    }

    /// <summary>Ends the warden in order; another one may be started then.</summary>
    public void Stop()
    {
        Warden!.RequestEnd();
        Assert.Equal(new ProcessExit(0, 0), Warden.WaitForExit(Patience));
        Warden.Dispose();
        Warden = null;
    }

    /// <summary>Starts a keeper with its warden and, by default, waits for protection.</summary>
    public LaunchedProcess StartKeeper(bool waitForProtection = true)
    {
        Wrapper = [Path.Join(Programs, "outwork-warden"), "keep"];
        return Start(waitForProtection);
    }

    /// <summary>Waits until the errors hold a match, the n-th of them, and returns it.</summary>
    public Match WaitForError(string pattern, int occurrence = 1)
    {
        Match? found = null;
        WaitFor(
            () =>
            {
                MatchCollection matches = Regex.Matches(Errors, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(1));
                found = matches.Count >= occurrence ? matches[occurrence - 1] : null;
                return found is not null;
            },
            pattern);
        return found!;
    }

    /// <summary>The process id that the broker was told for the n-th process of a name.</summary>
    public int ProcessId(string name, int occurrence = 1) => int.Parse(
        WaitForError($"ProcessStartedCommand {{ Role = \\w+, Name = {name}, ProcessId = (\\d+)", occurrence).Groups[1].ValueSpan,
        CultureInfo.InvariantCulture);

    public void WaitFor(Func<bool> condition, string what)
    {
        var poll = new DescriptorPoll();
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, $"waited in vain for {what}.\noutput:\n{Output}\nerrors:\n{Errors}");
            poll.Wait(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>No process that was started from this installation, no run directory, no mount.</summary>
    public void AssertNothingIsLeft()
    {
        WaitFor(() => FindProcesses().Count == 0, "the end of all processes; left: " + string.Join(", ", FindProcesses()));
        WaitFor(() => !Directory.Exists(RunDirectory), "the removal of the run directory");
        Assert.DoesNotContain(RunDirectory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        WaitFor(() => FindControlGroups().Count == 0, "the removal of the control groups: " + string.Join(", ", FindControlGroups()));
    }

    public void Dispose()
    {
        Warden?.RequestEnd();
        if (Warden?.WaitForExit(Patience) is null)
            Warden?.Kill();
        Warden?.Dispose();
        if (Directory.Exists(RunDirectory))
            Directory.Delete(RunDirectory, recursive: true);
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Compiles a C program of testassets/confinement to where the products are installed.</summary>
    public string Compile(string source, string name)
    {
        string program = Path.Join(Programs, name);
        TestProcess gcc = TestProcess.Run("gcc", "-O1", "-Wall", "-Werror", "-o", program, Path.Join(AppContext.BaseDirectory, "testassets", "confinement", source));
        Assert.True(gcc.ExitCode == 0, gcc.Errors);
        return program;
    }

    /// <summary>The control groups that this run's processes are limited by.</summary>
    public List<string> FindControlGroups() =>
    [
        .. ControlGroupHierarchies.Find().Select(controller => Path.Join(controller.Parent, ControlGroups.FolderOf(RunDirectory))).Where(Directory.Exists),
    ];

    public static bool IsRunning(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Every process whose environment or command line names this run.</summary>
    private List<int> FindProcesses()
    {
        var found = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || !IsRunning(pid))
                continue;
            try
            {
                string told = File.ReadAllText(Path.Join(folder, "cmdline")) + File.ReadAllText(Path.Join(folder, "environ"));
                if (told.Contains(RunDirectory, StringComparison.Ordinal) || told.Contains(Root, StringComparison.Ordinal))
                    found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or does not let itself be looked at, which ours do.
            }
        }

        return found;
    }
}
