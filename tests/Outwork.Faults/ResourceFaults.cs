using System.Diagnostics;

namespace Outwork.Faults;

/// <summary>What the machine does not give: disk, memory, processes, processor, files of its own.</summary>
internal static class ResourceFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        Hit("state directory full") with
        {
            Description = "Its file system has no byte left.",
            Inject = static machine => Fill(Filler(machine)),
            Repair = static machine => File.Delete(Filler(machine)),
            Return = "records are not exported and are counted; written again as soon as there is room",
        },
        Hit("state directory read-only") with
        {
            Description = "Its file system is mounted read-only.",
            Inject = static machine => Programs.Run("mount", "-o", "remount,ro", machine.Folders.State),
            Repair = static machine => Programs.Run("mount", "-o", "remount,rw", machine.Folders.State),
            Return = "records are not exported and are counted; written again as soon as that can be",
        },
        Hit("state directory full while a product and the agent start") with
        {
            Description = "Its file system has no byte left, and both are killed.",
            Prepare = Victim,
            Inject = static machine =>
            {
                Fill(Filler(machine));
                FaultedMachine.Signal(machine.ProductPid(machine.Victim), Signals.Kill);
                FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Kill);
            },
            Repair = static machine => File.Delete(Filler(machine)),
            AgentEnds = 1,
            HitsVictim = true,
            Return = "both start without writing",
        },
        Hit("control socket removed") with
        {
            Description = "Its name is taken away, and put back.",
            Inject = static machine => File.Move(machine.Folders.Control, machine.Folders.Control + ".away"),
            Repair = static machine => File.Move(machine.Folders.Control + ".away", machine.Folders.Control),
            Return = "judging goes on; nobody can talk to the agent until the warden starts again",
        },
        Hit("lock file removed") with
        {
            Description = "The lock of the instance is deleted while it is held.",
            Inject = static machine => File.Delete(Path.Join(machine.Folders.Run, "lock")),
            Return = "nothing is lost; the lock is on the open file",
        },
        Hit("log file removed") with
        {
            Description = "What standard output and error go to is deleted.",
            Inject = static machine => File.Delete(machine.Folders.Log),
            Return = "nothing is lost but the log",
        },
        Squeezed("processes of a product's control group taken away", "It may not start a thread any more.", "pids", "pids.max", "pids.max", "1", "128", "goes on with the threads that it has"),
        Squeezed("processor of a product's control group taken away", "It gets one millisecond of each second.", "cpu", "cpu.cfs_quota_us", "cpu.max", "1000", "100000",
            "misses its deadlines and is demoted; asked again after three good answers on trial"),
        Hit("product taken out of its control group, and that removed") with
        {
            Description = "Its processes are moved to the root group and the group is removed; then it is killed.",
            Prepare = Victim,
            Inject = static machine =>
            {
                int pid = machine.ProductPid(machine.Victim);
                foreach (string folder in Groups(machine))
                {
                    File.WriteAllText(Path.Join(Path.GetDirectoryName(Path.GetDirectoryName(folder))!, "cgroup.procs"), $"{pid}");
                    Directory.Delete(folder);
                }

                FaultedMachine.Signal(pid, Signals.Kill);
            },
            Repair = static machine => FaultedMachine.Signal(machine.Pid(MachineRole.Warden), Signals.Kill),
            Lasts = TimeSpan.FromSeconds(1),
            LongestWait = Fault.Stall,
            Gap = TimeSpan.FromSeconds(5),
            Recovery = TimeSpan.FromSeconds(8),
            WardenEnds = 1,
            HitsVictim = true,
            Return = "does not run unconfined; the next warden makes its group again",
        },
        Hit("warden without descriptors while a product dies") with
        {
            Description = "The warden's limit of descriptors is set to what it has open, and a product is killed.",
            Prepare = Victim,
            Inject = static machine =>
            {
                int warden = machine.Pid(MachineRole.Warden);
                ProcessLimits.Set(warden, "nofile", ProcessLimits.Descriptors(warden));
                FaultedMachine.Signal(machine.ProductPid(machine.Victim), Signals.Kill);
            },
            Repair = static machine => ProcessLimits.Set(machine.Pid(MachineRole.Warden), "nofile", 1024),
            Lasts = TimeSpan.FromSeconds(1),
            LongestWait = Fault.Stall,
            Gap = TimeSpan.FromSeconds(5),
            HitsVictim = true,
            Return = "the product is started again as soon as there are descriptors, by this warden or the next",
        },
        Busy("every processor busy", "Eight processes that calculate without end.", "0"),
        Busy("every processor busy with what goes before others", "Four processes of nice -10 that calculate without end.", "-10", 4),
        Hit("broker with the least of the processor") with
        {
            Description = "It has nice 19, and four processes calculate without end.",
            Inject = static machine =>
            {
                Programs.Run("renice", "-n", "19", "-p", $"{machine.Pid(MachineRole.Broker)}");
                Hogs.Start("0", 4);
            },
            Repair = static machine =>
            {
                Hogs.End();
                Programs.Run("renice", "-n", "0", "-p", $"{machine.Pid(MachineRole.Broker)}");
            },
            LongestWait = Fault.Stall,
            Return = "slower, and in time",
        },
    ];

    private static Fault Busy(string name, string what, string nice, int count = 8) => Hit(name) with
    {
        Description = what,
        Inject = _ => Hogs.Start(nice, count),
        Repair = static _ => Hogs.End(),
        TakesProcessors = true,
        LongestWait = Fault.Stall,
        Return = "slower, and in time",
    };

    private static Fault Squeezed(string name, string what, string controller, string file1, string file2, string little, string enough, string comesBack) => Hit(name) with
    {
        Description = what,
        Prepare = Victim,
        Inject = machine => SetLimit(machine, controller, file1, file2, little),
        Repair = machine => SetLimit(machine, controller, file1, file2, enough),
        Lasts = TimeSpan.FromSeconds(3),
        HitsVictim = true,
        Return = comesBack,
    };

    private static void SetLimit(FaultedMachine machine, string controller, string file1, string file2, string value)
    {
        string? folder = Groups(machine).FirstOrDefault(group => File.Exists(Path.Join(group, file1)) || File.Exists(Path.Join(group, file2)))
            ?? throw new InvalidOperationException($"no control group with {controller}");
        bool isFirst = File.Exists(Path.Join(folder, file1));
        if (isFirst && controller == "cpu")
            File.WriteAllText(Path.Join(folder, "cpu.cfs_period_us"), value == "1000" ? "1000000" : "100000");
        File.WriteAllText(Path.Join(folder, isFirst ? file1 : file2), !isFirst && controller == "cpu" ? $"{value} {(value == "1000" ? "1000000" : "100000")}" : value);
    }

    private static string[] Groups(FaultedMachine machine) =>
    [
        .. File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' '))
            .Where(static fields => fields[Array.IndexOf(fields, "-") + 1] is "cgroup" or "cgroup2")
            .Select(fields => Path.Join(fields[4], machine.ControlGroup, MachineFolders.ProductName(machine.Victim)))
            .Distinct(StringComparer.Ordinal).Where(Directory.Exists),
    ];

    private static void Victim(FaultedMachine machine)
    {
        _ = machine.NextVictim();
        machine.Aim();
        _ = machine.WaitUntilJudging(TimeSpan.FromSeconds(5));
    }

    private static string Filler(FaultedMachine machine) => Path.Join(machine.Folders.State, "filler");

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using FileStream filler = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                filler.Write(block);
        }
        catch (IOException)
        {
            // Full: that is the fault.
        }
    }

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Resource,
        Description = name,
        Inject = static _ => { },
        Lasts = TimeSpan.FromSeconds(1),
        Return = "",
    };

    /// <summary>Processes that calculate without end.</summary>
    private static class Hogs
    {
        private static readonly List<Process> Running = [];

        public static void Start(string nice, int count)
        {
            for (int i = 0; i < count; i++)
                Running.Add(Programs.Start("nice", "-n", nice, "timeout", "20", "sh", "-c", "while :; do :; done"));
        }

        public static void End()
        {
            foreach (Process hog in Running)
            {
                hog.Kill(entireProcessTree: true);
                hog.Dispose();
            }

            Running.Clear();
        }
    }
}
