using Outwork.Platform.Linux.Fanotify;
using Outwork.Platform.Linux.Mounts;

namespace Outwork.BrokerHost.Mounts;

/// <summary>
/// Which file systems are guarded. For <c>/</c> that is every local one, also those mounted later; else the one mounted at the
/// path. The mount table is read and marks are set elsewhere, since that may wait; here is what came of it.
/// </summary>
internal sealed class GuardedMounts(FanotifyAuthSource source, string path)
{
    private readonly Dictionary<string, string> _guarded = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _notGuarded = [];
    private volatile bool _isOn;

    /// <summary>True when every local file system is guarded.</summary>
    public bool IsWholeMachine => path == "/";

    /// <summary>True once marks may be set. Any thread.</summary>
    public bool IsOn => _isOn;

    /// <summary>For people: mount points with their file system.</summary>
    public string[] Guarded => [.. _guarded.Values.Order(StringComparer.Ordinal)];

    /// <summary>For people: mounts that are not guarded, each with the reason.</summary>
    public string[] NotGuarded => [.. _notGuarded];

    /// <summary>How many file systems are guarded.</summary>
    public int Count => _guarded.Count;

    /// <summary>From now on each reading of the mount table sets marks.</summary>
    public void TurnOn() => _isOn = true;

    /// <summary>What of a mount table is to be guarded, and for people what is not. Any thread.</summary>
    public (List<Mount> Guarded, List<string> NotGuarded) Choose(IReadOnlyList<Mount> table) =>
        IsWholeMachine ? MountTable.Choose(table) : (table.Where(m => m.MountPoint == path).TakeLast(1).ToList(), []);

    /// <summary>Takes over which mounts are of this namespace. Reactor thread only.</summary>
    public void TakeOwn(IReadOnlyList<Mount> mounts) => source.OwnMounts = mounts.Select(static m => m.Id).ToHashSet();

    /// <summary>True when the file system of this device, as <c>major:minor</c>, is guarded.</summary>
    public bool IsGuarded(string device) => _guarded.ContainsKey(device);

    /// <summary>Guards the file system on which a program lies. 0, or the errno of the refusal.</summary>
    public int GuardFileSystemOf(ProgramFile program) => source.Guard(program.Path);

    /// <summary>
    /// Guards a file system. Done anew with each reading, since the number of its device, by which it is known here, is given to another one as
    /// soon as it is free. 0, or the errno of the refusal. Any thread.
    /// </summary>
    public int GuardFileSystemOf(MountPoint point) => source.Guard(point.Path);

    /// <summary>Takes over what a reading has marked. Reactor thread only.</summary>
    /// <returns>What could not be guarded, each with the reason.</returns>
    public List<string> Apply(MountReading reading)
    {
        var faults = new List<string>();
        foreach (var mark in reading.Marks)
        {
            string name = $"{mark.Mount.MountPoint} ({mark.Mount.FileSystem})";
            if (mark.IsSet) _guarded[mark.Mount.Device] = name;
            // What was marked before it was covered stays guarded.
            else if (!mark.IsOutOfReach || !_guarded.ContainsKey(mark.Mount.Device)) faults.Add($"{name}: {mark.Fault}");
        }
        foreach (string gone in _guarded.Keys.Except(reading.Table.Select(static m => m.Device)).ToList()) _guarded.Remove(gone);
        if (reading.Marks.Count == 0) faults.Add(IsWholeMachine ? "there is no local file system" : $"{path}: no file system is mounted there");
        _notGuarded = [.. reading.NotChosen, .. faults];
        return faults;
    }
}
