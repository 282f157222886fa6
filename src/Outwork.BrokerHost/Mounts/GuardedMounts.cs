using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Which file systems are guarded. For <c>/</c> that is every local one, also those mounted later; else the one mounted at the
/// path. Marks are set on the reactor; the mount table is read elsewhere, since that opens a file.
/// </summary>
internal sealed class GuardedMounts(FanotifyAuthSource source, string path)
{
    private readonly Dictionary<string, string> _guarded = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _notGuarded = [];

    /// <summary>True when every local file system is guarded.</summary>
    public bool IsWholeMachine => path == "/";

    /// <summary>For people: mount points with their file system.</summary>
    public string[] Guarded => [.. _guarded.Values.Order(StringComparer.Ordinal)];

    /// <summary>For people: mounts that are not guarded, each with the reason.</summary>
    public string[] NotGuarded => [.. _notGuarded];

    /// <summary>How many file systems are guarded.</summary>
    public int Count => _guarded.Count;

    /// <summary>Takes over which mounts are of this namespace. Reactor thread only.</summary>
    public void TakeOwn(IReadOnlyList<Mount> mounts) => source.OwnMounts = mounts.Select(static m => m.Id).ToHashSet();

    /// <summary>True when the file system of this device, as <c>major:minor</c>, is guarded.</summary>
    public bool IsGuarded(string device) => _guarded.ContainsKey(device);

    /// <summary>Guards the file system on which a program lies. 0, or the errno of the refusal.</summary>
    public int GuardFileSystemOf(ProgramFile program) => source.Guard(program.Path);

    /// <summary>Sets the marks that a reading of the mount table asks for. Reactor thread only.</summary>
    /// <returns>What could not be guarded, each with the reason.</returns>
    public List<string> Apply(IReadOnlyList<Mount> mounts)
    {
        var chosen = IsWholeMachine ? MountTable.Choose(mounts) : (mounts.Where(m => m.MountPoint == path).TakeLast(1).ToList(), []);
        var faults = new List<string>();
        foreach (var mount in chosen.Guarded)
        {
            if (_guarded.ContainsKey(mount.Device)) continue;
            int errno = source.Guard(mount.MountPoint);
            if (errno == 0) _guarded.Add(mount.Device, $"{mount.MountPoint} ({mount.FileSystem})");
            else faults.Add($"{mount.MountPoint} ({mount.FileSystem}): the kernel refuses the mark: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno)}");
        }
        foreach (string gone in _guarded.Keys.Except(mounts.Select(static m => m.Device)).ToList()) _guarded.Remove(gone);
        _notGuarded = [.. chosen.NotGuarded, .. faults];
        return faults;
    }
}
