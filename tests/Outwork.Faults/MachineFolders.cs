using System.Text;

namespace Outwork.Faults;

/// <summary>
/// What a machine lies in: a folder with the guarded file system, a small one for the state, and copies of the products. Removed, with
/// its mounts, at the end.
/// </summary>
public sealed class MachineFolders : IDisposable
{
    /// <summary>Products, besides the one that is never hit: guard-1 and on.</summary>
    public const int Victims = 6;

    /// <summary>The victim that is ExecGuard, and no chaos product.</summary>
    public const int ExecGuard = Victims + 1;

    private const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    internal MachineFolders(string executables)
    {
        Executables = executables;
        Root = Directory.CreateTempSubdirectory("outwork-faults-").FullName;
        File.SetUnixFileMode(Root, Executable);
        foreach (string folder in new[] { Mount, State, Products })
            _ = Directory.CreateDirectory(folder);
        Programs.Run("mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "outwork-faults", Mount);
        Programs.Run("mount", "-t", "tmpfs", "-o", "size=96m,mode=755", "outwork-faults-state", State);
        LayOutMount();
        LayOutProducts();
        File.WriteAllText(Policy, PolicyText());
    }

    /// <summary>All of it is below.</summary>
    public string Root { get; }

    /// <summary>The built programs of Outwork.</summary>
    public string Executables { get; }

    /// <summary>The guarded file system.</summary>
    public string Mount => Path.Join(Root, "mount");

    /// <summary>The state directory: a file system of 96 MiB.</summary>
    public string State => Path.Join(Root, "state");

    /// <summary>The run directory, which Outwork makes.</summary>
    public string Run => Path.Join(Root, "run");

    /// <summary>The policy file.</summary>
    public string Policy => Path.Join(Root, "policy.yaml");

    /// <summary>What Outwork writes to its standard output and error.</summary>
    public string Log => Path.Join(Root, "log");

    /// <summary>The memory that is shared with the probe.</summary>
    public string ProbeMemory => Path.Join(Root, "probe");

    /// <summary>The control socket.</summary>
    public string Control => Path.Join(Run, "control.sock");

    /// <summary>Every product by name, with its program.</summary>
    public IEnumerable<(string Name, string Program)> ProductPrograms =>
        Enumerable.Range(0, ExecGuard + 1).Select(n => (ProductName(n), n == ExecGuard ? Path.Join(Executables, "outwork-execguard") : Path.Join(Products, "chaos-product")));

    private string Products => Path.Join(Root, "products");

    /// <summary>The name of a product by its number.</summary>
    public static string ProductName(int number) => number == ExecGuard ? "execguard" : $"guard-{number}";

    /// <summary>The folder of the guarded file system whose programs a product is asked about.</summary>
    public static string AskedFolder(int number) => $"guard-{number}";

    /// <summary>A product's content directory.</summary>
    public string Content(int number) => Path.Join(State, "content", ProductName(number));

    /// <summary>The policy: what is denied by rule, and each product asked once with on-failure open and once with closed.</summary>
    public string PolicyText()
    {
        var text = new StringBuilder();
        _ = text.Append("version: 1\ndefault: allow\nrules:\n")
            .Append($"  - id: denied-exec\n    match: {{ kind: exec, path: {Mount}/denied/program }}\n    action: deny\n")
            .Append($"  - id: denied-open\n    match: {{ kind: open, path: {Mount}/denied/secret }}\n    action: deny\n");
        for (int number = 0; number <= ExecGuard; number++)
        {
            string name = ProductName(number);
            foreach (string onFailure in new[] { "open", "closed" })
            {
                _ = text.Append($"  - id: {name}-{onFailure}\n    match: {{ kind: exec, path: {Mount}/{AskedFolder(number)}/{onFailure}/* }}\n")
                    .Append($"    action: {{ ask: [{name}] }}\n    deadline: {Fault.Deadline.TotalMilliseconds:0}ms\n    on-failure: {onFailure}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Puts ExecGuard's content back as it was shipped. The folder itself stays: the product has it mounted.</summary>
    internal void RestoreExecGuardContent()
    {
        string content = Content(ExecGuard), shipped = Path.Join(Executables, "products", "execguard", "content");
        foreach (string file in Directory.EnumerateFiles(content).Where(file => !File.Exists(Path.Join(shipped, Path.GetFileName(file)))))
            File.Delete(file);
        foreach (string file in Directory.EnumerateFiles(shipped))
        {
            string target = Path.Join(content, Path.GetFileName(file));
            File.Delete(target);
            File.Copy(file, target);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Faults may have put file systems over them.
        foreach (string folder in new[] { Mount, State, Run })
        {
            while (IsMountPoint(folder))
                Programs.Run("umount", "-l", folder);
        }

        Directory.Delete(Root, recursive: true);
    }

    /// <summary>True when a file system is mounted there.</summary>
    public static bool IsMountPoint(string folder) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == folder);

    private void LayOutMount()
    {
        string[] folders = ["work", "denied", "fresh", .. Enumerable.Range(0, ExecGuard + 1).SelectMany(static n => new[] { $"{AskedFolder(n)}/open", $"{AskedFolder(n)}/closed" })];
        foreach (string folder in folders)
            _ = Directory.CreateDirectory(Path.Join(Mount, folder));
        for (int i = 0; i < 16; i++)
            File.WriteAllText(Path.Join(Mount, "work", $"file-{i}"), "something to read\n");
        File.WriteAllText(Path.Join(Mount, "denied", "secret"), "nobody reads this\n");
        foreach (string program in new[] { Path.Join(Mount, "work", "program"), Path.Join(Mount, "denied", "program") })
        {
            File.Copy(ProbePrograms.Instance.Tiny, program);
            File.SetUnixFileMode(program, Executable);
        }
    }

    private void LayOutProducts()
    {
        string built = Path.GetDirectoryName(BuiltPrograms.ChaosProduct)!;
        foreach (string file in Directory.EnumerateFiles(built))
            File.Copy(file, Path.Join(Products, Path.GetFileName(file)));
        File.WriteAllText(Path.Join(Products, "chaos-product.product.json"), """{ "needs": { "memoryMiB": 320 } }""");
        for (int i = 0; i < ExecGuard; i++)
        {
            _ = Directory.CreateDirectory(Content(i));
            File.WriteAllText(Path.Join(Content(i), "chaos.txt"), "Behaves\n");
        }

        _ = Directory.CreateDirectory(Content(ExecGuard));
        RestoreExecGuardContent();
    }
}
