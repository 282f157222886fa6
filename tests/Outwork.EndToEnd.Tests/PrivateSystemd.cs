using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.EndToEnd.Tests;

/// <summary>
/// systemd as process 1 of namespaces of its own, over this machine's files (testassets/systemd/boot.sh), with Outwork installed by
/// ./outwork install. It guards one mount that exists there only. A shell beside it ends everything after a while.
/// </summary>
public sealed class PrivateSystemd : IDisposable
{
    private const int SecondsToLive = 300;
    private const string Folder = "/mnt/guarded";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Put together at run time: a test's assembly that held the string could not be opened on a guarded machine.
    private static readonly string Eicar = string.Concat(@"X5O!P%@AP[4\PZX54(P^)", "7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");

    private readonly TempDirectory _directory = new();
    private readonly Process _namespaces, _killer;
    private readonly List<string> _groups = [];
    private readonly string? _first;

    public PrivateSystemd()
    {
        RequiresRoot.Check();
        string name = Path.GetFileName(_directory.Path);
        string join = "";
        foreach (string parent in FindHierarchies())
        {
            _groups.Add(Directory.CreateDirectory(Path.Join(parent, name)).FullName);
            join += $"echo $$ > {_groups[^1]}/cgroup.procs; ";
        }

        File.WriteAllText(Log, "");
        string repository = RunningOutwork.Root();
        string boot = Path.Join(repository, "testassets", "systemd", "boot.sh");
        _namespaces = TestProcess.Start(
            "/", "/bin/sh", "-c",
            $"{join} exec unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child {boot} {Directory.CreateDirectory(_directory["scratch"]).FullName} {repository} {RuntimeFolder} >{Log} 2>&1");
        _killer = TestProcess.Start("/", "/bin/sh", "-c", $"sleep {SecondsToLive}; kill -9 {_namespaces.Id}");
        try
        {
            _first = WaitFor(FindFirst, "process 1");
            WaitFor(() => Run("systemctl", "is-active", "outwork-test.target").ExitCode == 0 ? "active" : null, "systemd");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The script of this repository.</summary>
    public static string Script => Path.Join(RunningOutwork.Root(), "outwork");

    /// <summary>What the build made; there a copy that can be removed.</summary>
    public static string Built => Path.Join(RunningOutwork.Root(), "artifacts");

    public static string EicarScript => Path.Join(Folder, "eicar.sh");

    private string Log => _directory["console"];

    private static string RuntimeFolder =>
        Path.GetFullPath(Path.Join(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Runs a program there to its end.</summary>
    internal TestProcess Run(params string[] command) => TestProcess.Run(
        "/usr/bin/nsenter", ["--target", _first!, "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--", "/usr/bin/env", "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", $"DOTNET_ROOT={RuntimeFolder}", .. command]);

    /// <summary>The same by a shell.</summary>
    internal TestProcess Shell(string commands) => Run("/bin/bash", "-c", commands);

    /// <summary>Outwork's processes, a line for each.</summary>
    internal string Processes() => Shell("grep -sl 'bin/outwork-[a-z]' /proc/[0-9]*/cmdline").Output;

    /// <summary>What all have said, process 1 too.</summary>
    internal string Journal() => Run("journalctl", "--no-pager", "--quiet").Output;

    /// <summary>A property of the service.</summary>
    internal string Property(string name) => Run("systemctl", "show", "--property", name, "--value", "outwork.service").Output.Trim();

    /// <summary>True when a script that must not run is refused.</summary>
    internal bool Refuses() => Shell(EicarScript).ExitCode == 126;

    /// <summary>The service runs and refuses; installs it when it is not.</summary>
    internal void Protect()
    {
        if (Run("test", "-e", EicarScript).ExitCode != 0)
            Shell($"printf '%s\\n' '{Eicar}' > {EicarScript}; chmod +x {EicarScript}");
        if (Run("test", "-e", "/etc/systemd/system/outwork.service").ExitCode != 0)
            AssertSuccess(Run(Script, "install", "--yes"));
        AssertSuccess(Run("systemctl", "start", "outwork.service"));
        if (!Refuses())
            Assert.Fail(Explain("not refused"));
    }

    /// <summary>Which mechanisms of the system are in force.</summary>
    internal Dictionary<string, bool> Mechanisms() =>
        JsonSerializer.Deserialize(Run("/var/lib/outwork/bin/outwork", "status", "--json").Output, ControlJsonContext.Default.StatusSnapshot)!
            .Mechanisms.ToDictionary(static mechanism => mechanism.Name, static mechanism => mechanism.InForce);

    /// <summary>Waits until a condition holds.</summary>
    internal TimeSpan Eventually(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        _ = WaitFor(() => condition() ? "" : null, what);
        return watch.Elapsed;
    }

    internal void AssertSuccess(TestProcess process)
    {
        if (process.ExitCode != 0)
            Assert.Fail(Explain($"{process.ExitCode}: {process.Output}{process.Errors}"));
    }

    /// <summary>The control groups below the service's, with their processes.</summary>
    internal Dictionary<string, int[]> Groups()
    {
        var groups = new Dictionary<string, int[]>();
        string found = Shell("cd /sys/fs/cgroup/outwork.slice/outwork.service && for list in $(find . -name cgroup.procs); do echo $(dirname $list) $(cat $list); done").Output;
        foreach (string line in found.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            groups[words[0]] = [.. words.Skip(1).Select(static pid => int.Parse(pid, CultureInfo.InvariantCulture))];
        }

        return groups;
    }

    public void Dispose()
    {
        _killer.Kill(entireProcessTree: true);
        _killer.WaitForExit();
        _killer.Dispose();
        // Process 1 of the namespace takes all others with it.
        _namespaces.Kill(entireProcessTree: true);
        _namespaces.WaitForExit();
        _namespaces.Dispose();
        foreach (string group in _groups)
            RunningOutwork.Eventually(() => TestProcess.Run("/usr/bin/find", group, "-depth", "-type", "d", "-delete").ExitCode == 0, "the removal of " + group);
        _directory.Dispose();
    }

    // Where a group can be made in each hierarchy. In version 2 only the root has the controllers and no processes of ours.
    private static IEnumerable<string> FindHierarchies()
    {
        string[] memberships = File.ReadAllLines("/proc/self/cgroup");
        foreach (string line in File.ReadAllLines("/proc/self/mountinfo"))
        {
            string[] fields = line.Split(' ');
            int hyphen = Array.IndexOf(fields, "-");
            if (fields[hyphen + 1] == "cgroup2")
                yield return fields[4];

            // A new group of version 1's cpuset takes no process before it was given processors.
            if (fields[hyphen + 1] != "cgroup" || fields[^1].Contains("cpuset", StringComparison.Ordinal))
                continue;
            string? own = memberships.Select(static membership => membership.Split(':', 3)).FirstOrDefault(membership => fields[^1].EndsWith(membership[1], StringComparison.Ordinal) && membership[1].Length > 0)?[2];
            string parent = Path.Join(fields[4], own).TrimEnd('/');
            yield return Directory.Exists(parent) ? parent : fields[4];
        }
    }

    private string? FindFirst()
    {
        if (_namespaces.HasExited)
            Assert.Fail(Explain("ended"));
        string children = File.ReadAllText($"/proc/{_namespaces.Id}/task/{_namespaces.Id}/children").Trim();
        return children.Length > 0 && File.ReadAllText($"/proc/{children}/comm").Trim() == "systemd" ? children : null;
    }

    private string Explain(string what) => $"{what}\n{File.ReadAllText(Log)}{(_first is null ? "" : Journal())}";

    private string WaitFor(Func<string?> find, string what)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; Task.Delay(20).GetAwaiter().GetResult())
        {
            if (find() is { } found)
                return found;
        }

        Assert.Fail(Explain($"waited in vain for {what}"));
        return "";
    }
}
