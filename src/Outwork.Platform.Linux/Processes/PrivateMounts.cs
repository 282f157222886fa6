using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// A mount namespace in which the confined process finds its files at the places of <see cref="SandboxLayout"/>, read-only, even
/// when they lie under a folder that only root may enter, and has /tmp and /dev/shm to itself. It ends with the process.
/// </summary>
internal static class PrivateMounts
{
    private const nuint Restricted = Interop.MS_NOSUID | Interop.MS_NODEV;

    /// <summary>Puts the calling thread into a new namespace and mounts. Returns the program's path inside.</summary>
    public static string Enter(ConfinementSpec spec)
    {
        if (Interop.unshare(Interop.CLONE_NEWNS) != 0)
            throw new LinuxException("unshare(CLONE_NEWNS)", Marshal.GetLastPInvokeError());
        Mount(null, "/", null, Interop.MS_REC | Interop.MS_PRIVATE, null);

        var layout = new SandboxLayout(spec.RunDirectory);
        bool installed = spec.Program.StartsWith(spec.ProgramDirectory + "/", StringComparison.Ordinal);
        string programFolder = Path.GetDirectoryName(spec.Program)!;

        // Held open before anything is covered: a source may lie under /tmp, as a test's does.
        using SafeFileHandle programs = Hold(spec.ProgramDirectory);
        using SafeFileHandle runtime = Hold(spec.RuntimeDirectory);
        using SafeFileHandle? other = installed ? null : Hold(programFolder);
        using SafeFileHandle? content = HoldOptional(spec.ContentDirectory);
        using SafeFileHandle? packaged = HoldOptional(spec.PackagedDirectory);
        using SafeFileHandle? packages = HoldOptional(spec.PackagesDirectory);
        using SafeFileHandle? updates = HoldOptional(spec.UpdatesDirectory);
        byte[]? policy = File.Exists(spec.PolicyFile) ? File.ReadAllBytes(spec.PolicyFile) : null;
        using SafeFileHandle? state = HoldOptional(spec.StateDirectory);
        using SafeFileHandle? image = spec.DataImage is { } path ? DataVolume.Open(path) : null;

        Mount("tmpfs", "/tmp", "tmpfs", Restricted, "mode=1777,size=64m,nr_inodes=16k");
        Mount("tmpfs", "/dev/shm", "tmpfs", Restricted | Interop.MS_NOEXEC, "mode=1777,size=64m,nr_inodes=16k");
        if (spec.RestrictFiles)
            HideRuntimeState(spec.Network);
        _ = Directory.CreateDirectory(layout.Root);
        Mount("tmpfs", layout.Root, "tmpfs", Restricted, "mode=0755,size=64m");
        Bind(programs, layout.Programs, Interop.MS_RDONLY);
        Bind(runtime, layout.Runtime, Interop.MS_RDONLY);
        Bind(other, layout.OtherProgram, Interop.MS_RDONLY);
        Bind(content, layout.Content, Interop.MS_RDONLY | Interop.MS_NOEXEC);
        Bind(packaged, layout.Packaged, Interop.MS_RDONLY | Interop.MS_NOEXEC);
        Bind(packages, layout.Packages, Interop.MS_NOEXEC);
        Bind(updates, layout.Updates, Interop.MS_RDONLY | Interop.MS_NOEXEC);
        WritePolicy(policy, layout, spec);
        Bind(state, layout.State, Interop.MS_NOEXEC);
        MountImage(image, layout.State);
        MountScratch(spec, layout.State);
        Mount(null, layout.Root, null, Interop.MS_REMOUNT | Interop.MS_RDONLY | Restricted, null);
        if (spec.RestrictFiles)
            HideOtherProcesses();

        return installed
            ? layout.Programs + spec.Program[spec.ProgramDirectory.Length..]
            : Path.Join(layout.OtherProgram, Path.GetFileName(spec.Program));
    }

    // The sockets of the system's services are here, and connecting to a socket is nothing that Landlock knows.
    private static void HideRuntimeState(bool network)
    {
        const string resolver = "/run/systemd/resolve";
        using SafeFileHandle? kept = network && Directory.Exists(resolver) ? Hold(resolver) : null;
        Mount("tmpfs", "/run", "tmpfs", Restricted | Interop.MS_NOEXEC, "mode=0755,size=1m");
        Bind(kept, resolver, Interop.MS_RDONLY | Interop.MS_NOEXEC);
    }

    // A mount of its own has options of its own since Linux 5.8: what the user may not trace it does not see.
    private static void HideOtherProcesses() =>
        Mount("proc", "/proc", "proc", Restricted | Interop.MS_NOEXEC, "hidepid=invisible");

    private static void MountImage(SafeFileHandle? image, string target)
    {
        if (image is null)
            return;
        _ = Directory.CreateDirectory(target);
        LoopMount.Mount(image, target, Restricted | Interop.MS_NOEXEC);
    }

    private static void MountScratch(ConfinementSpec spec, string target)
    {
        if (spec.ScratchBytes is not { } size)
            return;
        _ = Directory.CreateDirectory(target);
        Mount(
            "tmpfs", target, "tmpfs", Restricted | Interop.MS_NOEXEC,
            string.Create(CultureInfo.InvariantCulture, $"mode=0700,size={size},nr_inodes=16k,uid={spec.UserId},gid={spec.GroupId}"));
    }

    private static void WritePolicy(byte[]? policy, SandboxLayout layout, ConfinementSpec spec)
    {
        if (policy is null)
            return;
        _ = Directory.CreateDirectory(layout.Policy);
        string path = Path.Join(layout.Policy, Path.GetFileName(spec.PolicyFile));
        File.WriteAllBytes(path, policy);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static SafeFileHandle? HoldOptional(string? path) => path is null ? null : Hold(path);

    private static SafeFileHandle Hold(string path)
    {
        SafeFileHandle handle = Interop.open(path, Interop.O_PATH | Interop.O_CLOEXEC, 0);
        return handle.IsInvalid ? throw new LinuxException($"open({path})", Marshal.GetLastPInvokeError()) : handle;
    }

    private static void Bind(SafeFileHandle? source, string target, nuint flags)
    {
        if (source is null)
            return;
        _ = Directory.CreateDirectory(target);
        Mount($"/proc/self/fd/{source.DangerousGetHandle()}", target, null, Interop.MS_BIND, null);

        // A bind mount takes its flags only from a remount: mount(2).
        Mount(null, target, null, Interop.MS_BIND | Interop.MS_REMOUNT | Restricted | flags, null);
    }

    private static void Mount(string? source, string target, string? type, nuint flags, string? data)
    {
        if (Interop.mount(source, target, type, flags, data) != 0)
            throw new LinuxException($"mount({target})", Marshal.GetLastPInvokeError());
    }
}
