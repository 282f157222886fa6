using System.Diagnostics;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Faults;

/// <summary>What happens to files and programs while they are judged, to the guarded file system, and how much of it at once.</summary>
internal static class KernelFaults
{
    private const string Nothing = "nothing is lost";
    private const string OnFailure = "what the rule says on failure, at its deadline";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Storm("storm of program starts", "Eight processes start 1,600 programs.", static machine => Run("spawn-many", Program(machine), "8", "200")),
        Storm("storm of new programs", "Three hundred programs that nobody has seen.", static machine =>
        {
            for (int i = 0; i < 300; i++)
            {
                string path = NewProgram(machine, "fresh", $"storm-{i}");
                Programs.Run(path);
                File.Delete(path);
            }
        }),
        Storm("storm of file openings", "Four threads open files as fast as they can, for a second and a half.", static machine => Parallel.For(0, 4, _ =>
        {
            long began = WorkProbe.Now;
            for (int i = 0; TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1.5); i++)
            {
                using FileStream file = File.OpenRead(Path.Join(machine.Folders.Mount, "work", $"file-{i % 16}"));
                _ = file.ReadByte();
            }
        })),
        Storm("storm of changes to files that are judged", "A program is written and started over and over.", static machine =>
        {
            for (int i = 0; i < 100; i++)
            {
                Programs.Run(NewProgram(machine, "fresh", "changing"));
            }
        }),
        Storm("storm of processes that run nothing new", "Ten thousand forks.", static _ =>
            Programs.Run("sh", "-c", "i=0; while [ $i -lt 2500 ]; do (:) ; i=$((i+1)); done & i=0; while [ $i -lt 2500 ]; do (:) ; i=$((i+1)); done; wait")),
        WhileJudged("program replaced while it is judged", static (machine, path) =>
        {
            string other = NewProgram(machine, "fresh", "other");
            File.Move(other, path, overwrite: true);
        }),
        WhileJudged("program changed while it is judged", static (_, path) =>
        {
            using FileStream file = File.OpenWrite(path);
            file.WriteByte(0);
        }),
        WhileJudged("program deleted while it is judged", static (_, path) => File.Delete(path)),
        WhileJudged("program's folder renamed while it is judged", static (machine, _) =>
        {
            string folder = Path.Join(machine.Folders.Mount, MachineFolders.AskedFolder(machine.Victim), "open");
            Directory.Move(folder, folder + "-away");
            Directory.Move(folder + "-away", folder);
        }),
        Hit("program killed while it waits for a verdict") with
        {
            Description = "SIGKILL to fifty programs whose start is judged.",
            Prepare = static machine => machine.Unleash(ChaosBehavior.SleepsPastDeadlines),
            Inject = static machine =>
            {
                machine.Aim();
                Process[] waiting = [.. Enumerable.Range(0, 50).Select(i => Programs.Start("sh", "-c", $"exec {NewProgram(machine, $"{MachineFolders.AskedFolder(machine.Victim)}/open", $"killed-{i}")}"))];
                Waiting.Let(TimeSpan.FromMilliseconds(50));
                foreach (Process process in waiting)
                {
                    process.Kill();
                    process.Dispose();
                }
            },
            Repair = static machine => machine.Calm(),
            HitsVictim = true,
            Return = "the kernel takes its question back; the answer is counted as not taken",
        },
        Hit("hundred programs wait while the broker dies") with
        {
            Description = "A product hangs, a hundred programs wait for it, and the broker is killed.",
            Prepare = static machine => machine.Unleash(ChaosBehavior.SleepsPastDeadlines),
            Inject = static machine =>
            {
                machine.Aim();
                Process[] waiting = [.. Enumerable.Range(0, 100).Select(i => Programs.Start("sh", "-c", $"exec {NewProgram(machine, $"{MachineFolders.AskedFolder(machine.Victim)}/open", $"held-{i}")}"))];
                FaultedMachine.Signal(machine.Pid(MachineRole.Broker), Signals.Kill);
                EndAll(waiting);
            },
            Repair = static machine => machine.Calm(),
            LongestWait = Fault.Stall,
            Gap = TimeSpan.FromSeconds(5),
            HitsVictim = true,
            HitsBroker = true,
            Return = "the kernel lets all of them through; a new broker",
        },
        Hit("more programs wait than may") with
        {
            Description = "A product hangs, and six hundred programs are started at once.",
            Prepare = static machine => machine.Unleash(ChaosBehavior.SleepsPastDeadlines),
            Inject = static machine =>
            {
                machine.Aim();
                string path = NewProgram(machine, $"{MachineFolders.AskedFolder(machine.Victim)}/open", "crowd");
                Run("spawn-many", path, "600", "1");
            },
            Repair = static machine => machine.Calm(),
            TakesProcessors = true,
            LongestWait = Fault.Stall,
            HitsVictim = true,
            Return = "those beyond the limit get what the rule says on failure, at once",
        },
        Hit("guarded file system overmounted") with
        {
            Description = "Another file system is mounted over it, and taken away.",
            Inject = static machine =>
            {
                string over = Path.Join(machine.Folders.Mount, "fresh-over");
                _ = Directory.CreateDirectory(over);
                Programs.Run("mount", "-t", "tmpfs", "outwork-faults-over", over);
                File.Copy(ProbePrograms.Instance.Tiny, Path.Join(over, "program"));
                File.SetUnixFileMode(Path.Join(over, "program"), (UnixFileMode)0b111_101_101);
                Programs.Run(Path.Join(over, "program"));
            },
            Repair = static machine =>
            {
                string over = Path.Join(machine.Folders.Mount, "fresh-over");
                Programs.Run("umount", over);
                Directory.Delete(over);
            },
            Return = "what is guarded stays guarded; what lies over it is another file system",
        },
        Hit("guarded file system mounted elsewhere") with
        {
            Description = "A bind mount of it, from which what is denied is tried.",
            Inject = static machine =>
            {
                string other = Path.Join(machine.Folders.Root, "other");
                _ = Directory.CreateDirectory(other);
                Programs.Run("mount", "--bind", machine.Folders.Mount, other);
                Programs.Run(Path.Join(other, "work", "program"));
            },
            Repair = static machine =>
            {
                string other = Path.Join(machine.Folders.Root, "other");
                Programs.Run("umount", other);
                Directory.Delete(other);
            },
            Return = "the mark is on the file system, so that it is guarded there too",
        },
        Hit("guarded file system mounted and unmounted many times") with
        {
            Description = "Fifty bind mounts of it come and go.",
            Inject = static machine =>
            {
                string other = Path.Join(machine.Folders.Root, "coming");
                _ = Directory.CreateDirectory(other);
                for (int i = 0; i < 50; i++)
                {
                    Programs.Run("mount", "--bind", machine.Folders.Mount, other);
                    Programs.Run("umount", other);
                }

                Directory.Delete(other);
            },
            Return = Nothing,
        },
        Hit("guarded file system in a mount namespace that ends") with
        {
            Description = "A process unmounts it in a namespace of its own, and ends.",
            Inject = static machine => Programs.Run("unshare", "-m", "umount", "-l", machine.Folders.Mount),
            Return = Nothing,
        },
        Hit("guarded file system unmounted while in use") with
        {
            Description = "A lazy unmount; the probe and the broker still hold it.",
            Inject = static machine => Programs.Run("umount", "-l", machine.Folders.Mount),
            Lasts = TimeSpan.FromSeconds(1),
            Gap = TimeSpan.MaxValue,
            Recovery = null,
            SpoilsMachine = true,
            RemovesWork = true,
            Return = "nobody waits; what is mounted there next is guarded after a start",
        },
        Hit("names that are as long and as odd as may be") with
        {
            Description = "Programs with names of 255 bytes, line ends and broken encodings, in 14 nested folders.",
            Inject = static machine =>
            {
                string folder = Path.Join(machine.Folders.Mount, "fresh", "deep");
                for (int i = 0; i < 14; i++)
                    folder = Path.Join(folder, new string('d', 250));
                _ = Directory.CreateDirectory(folder);
                foreach (string name in new[] { new string('n', 255), "line\nend", "\u001b[31m", "\u202etxt", " " })
                {
                    string program = Path.Join(folder, name);
                    File.Copy(ProbePrograms.Instance.Tiny, program);
                    File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
                    Programs.Run(program);
                }

                Directory.Delete(Path.Join(machine.Folders.Mount, "fresh", "deep"), recursive: true);
            },
            Return = Nothing,
        },
        Hit("program that is a hole of a terabyte") with
        {
            Description = "A sparse file of 1 TiB is started as a program.",
            Inject = static machine =>
            {
                string path = Path.Join(machine.Folders.Mount, "fresh", "hole");
                using (FileStream file = File.Create(path))
                    file.SetLength(1L << 40);
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
                Programs.RunWhatever("sh", "-c", $"{path} 2>/dev/null");
                File.Delete(path);
            },
            Return = Nothing,
        },
        Hit("memory executed without a file") with
        {
            Description = "A hundred executions of a deleted program through /proc.",
            Inject = static machine =>
            {
                for (int i = 0; i < 100; i++)
                {
                    string path = NewProgram(machine, "fresh", "gone");
                    Programs.Run("sh", "-c", $"exec 7<{path}; rm {path}; exec /proc/self/fd/7");
                }
            },
            Return = Nothing,
        },
    ];

    private static Fault Storm(string name, string what, Action<FaultedMachine> storm) => Hit(name) with
    {
        Description = what,
        Inject = storm,
        TakesProcessors = true,
        LongestWait = Fault.Stall,
        Lasts = TimeSpan.FromMilliseconds(500),
        Return = "news of the noisiest is shed first, counted and told; questions never are",
    };

    // A product sleeps over the question, so that the file is changed in the middle of it.
    private static Fault WhileJudged(string name, Action<FaultedMachine, string> change) => Hit(name) with
    {
        Description = "While a product that hangs is asked about it.",
        Prepare = static machine => machine.Unleash(ChaosBehavior.SleepsPastDeadlines),
        Inject = machine =>
        {
            machine.Aim();
            string path = NewProgram(machine, $"{MachineFolders.AskedFolder(machine.Victim)}/open", "judged");
            using Process waiting = Programs.Start("sh", "-c", $"{path} 2>/dev/null");
            Waiting.Let(TimeSpan.FromMilliseconds(80));
            try
            {
                change(machine, path);
            }
            catch (IOException)
            {
                // ETXTBSY: the kernel refuses to change what is being started.
            }

            EndAll([waiting]);
            File.Delete(path);
        },
        Repair = static machine => machine.Calm(),
        Lasts = TimeSpan.FromMilliseconds(500),
        HitsVictim = true,
        Return = OnFailure,
    };

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Kernel,
        Description = name,
        Inject = static _ => { },
        Lasts = TimeSpan.FromSeconds(1),
        Return = Nothing,
    };

    private static string Program(FaultedMachine machine) => Path.Join(machine.Folders.Mount, "work", "program");

    private static string NewProgram(FaultedMachine machine, string folder, string name)
    {
        string path = Path.Join(machine.Folders.Mount, folder, name);
        Programs.Run("cp", "-f", ProbePrograms.Instance.Tiny, path);
        return path;
    }

    private static void Run(string program, params string[] arguments) =>
        Programs.Run(program == "spawn-many" ? ProbePrograms.Instance.SpawnMany : program, arguments);

    private static void EndAll(Process[] processes)
    {
        foreach (Process process in processes)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
                throw new InvalidOperationException("a program that waited did not go on");
            process.Dispose();
        }
    }
}
