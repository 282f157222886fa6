using Outwork.Platform.Linux.Processes;

namespace Outwork.Trial;

/// <summary>
/// Files on which the machine depends: content that denies one of them would be worse than none. Those that are there, by the path that
/// symbolic links lead to.
/// </summary>
internal static class ProtectedFiles
{
    private static readonly string[] Folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    private static readonly string[] Programs =
    [
        // Shells, and what every script begins with.
        "sh", "dash", "bash", "ash", "zsh", "busybox", "env", "cat", "ls", "cp", "mv", "rm", "ln", "mkdir", "chmod", "chown", "sed", "grep", "awk", "mawk", "gawk", "tar",
        // Interpreters of much that an administrator runs.
        "python3", "perl",

        // The package manager.
        "dpkg", "dpkg-deb", "apt", "apt-get", "rpm", "dnf", "yum", "zypper", "pacman", "apk", "snap", "flatpak",
        // Boot, log in, repair.
        "init", "systemd", "systemctl", "udevadm", "journalctl", "mount", "umount", "fsck", "modprobe", "kmod", "agetty", "getty", "login", "su", "sudo", "sshd", "ssh", "passwd",
        "ip", "ps", "kill", "dbus-daemon", "NetworkManager", "grub-install", "update-initramfs", "dracut",
    ];

    private static readonly string[] Others =
    [
        "/usr/lib/systemd/systemd", "/lib/systemd/systemd", "/usr/lib/systemd/systemd-logind", "/usr/lib/systemd/systemd-udevd", "/usr/lib/systemd/systemd-journald",
        "/usr/lib/apt/methods/http", "/usr/lib/apt/methods/store",
    ];

    private static readonly string[] Libraries = ["/lib64", "/lib", "/usr/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    private static readonly string[] LibraryPatterns = ["ld-linux*.so*", "ld-musl*.so*", "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "libstdc++.so.6", "libgcc_s.so.1", "libcrypto.so.*", "libssl.so.*", "libpam.so.*"];

    /// <summary>Finds them.</summary>
    /// <param name="programDirectory">Outwork's own programs, all of which count.</param>
    /// <param name="product">The program of the product whose content is tried.</param>
    public static List<string> Find(string programDirectory, string product)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string program in Programs)
        {
            foreach (string folder in Folders)
                Add(found, Path.Join(folder, program));
        }

        foreach (string file in Others)
            Add(found, file);
        foreach (string folder in Libraries)
        {
            foreach (string pattern in LibraryPatterns)
                AddAll(found, folder, pattern);
        }

        Add(found, product);
        AddAll(found, programDirectory, "outwork*");
        AddAll(found, programDirectory, "*.dll");
        AddAll(found, CurrentProcess.RuntimeDirectory, "dotnet");
        AddAll(found, CurrentProcess.RuntimeDirectory, "libhostfxr.so", SearchOption.AllDirectories);
        AddAll(found, System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "*.so");
        return [.. found];
    }

    /// <summary>It is loaded by programs, and some of them are programs too.</summary>
    public static bool IsLibrary(string path) =>
        path.EndsWith(".so", StringComparison.Ordinal) || Path.GetFileName(path).Contains(".so.", StringComparison.Ordinal);

    /// <summary>It is run, and neither loaded nor interpreted.</summary>
    public static bool IsProgram(string path) => !IsLibrary(path) && !path.EndsWith(".dll", StringComparison.Ordinal);

    private static void AddAll(SortedSet<string> found, string folder, string pattern, SearchOption depth = SearchOption.TopDirectoryOnly)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFiles(folder, pattern, depth))
            Add(found, file);
    }

    // The folder's links too: the file is asked about by the one name that it has.
    private static void Add(SortedSet<string> found, string path)
    {
        if (!File.Exists(path))
            return;
        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        string folder = Path.GetDirectoryName(real)!;
        if (Directory.ResolveLinkTarget(folder, returnFinalTarget: true) is { } target)
            real = Path.Join(target.FullName, Path.GetFileName(real));
        if (File.Exists(real))
            _ = found.Add(real);
    }
}
