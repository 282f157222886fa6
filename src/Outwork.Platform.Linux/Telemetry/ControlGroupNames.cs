using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Processes;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Knows the containers of cgroup v2 groups by the groups' ids. A group that is asked for the first time is looked up by a
/// worker, by file handle (a kernfs handle is the id itself), so that the asking thread never opens anything.
/// <see cref="TryFind"/> may be called from any thread.
/// </summary>
public sealed class ControlGroupNames : IContainerNames, IDisposable
{
    private const int MaxKnown = 16_384;
    private readonly ConcurrentDictionary<ulong, string?> _known = new();
    // Full: the group is asked for again by the next event that has it.
    private readonly Channel<ulong> _wanted = Channel.CreateBounded<ulong>(
        new BoundedChannelOptions(1_024) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SafeFileHandle? _mount;
    private readonly string _mountPoint;
    private readonly Task _worker;

    /// <summary>Finds the cgroup v2 mount and starts the worker.</summary>
    public ControlGroupNames()
    {
        _mountPoint = FindMount() ?? "";
        // The directory's descriptor names the mount for open_by_handle_at.
        _mount = _mountPoint.Length > 0 ? Interop.open_directory(_mountPoint, Interop.O_DIRECTORY | Interop.O_CLOEXEC) : null;
        _worker = Task.Run(LookUpAsync);
    }

    /// <inheritdoc/>
    public bool TryFind(ulong controlGroupId, out string? containerId)
    {
        if (_known.TryGetValue(controlGroupId, out containerId))
            return true;
        _wanted.Writer.TryWrite(controlGroupId);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wanted.Writer.TryComplete();
        _worker.Wait(TimeSpan.FromSeconds(5));
        _mount?.Dispose();
    }

    /// <summary>The path of a group below the mount, or null when it is gone.</summary>
    internal unsafe string? FindPath(ulong controlGroupId)
    {
        if (_mount is null || _mount.IsInvalid)
            return null;
        Interop.kernfs_file_handle handle = new() { handle_bytes = sizeof(ulong), handle_type = Interop.FILEID_KERNFS, id = controlGroupId };
        using SafeFileHandle group = Interop.open_by_handle_at(_mount, &handle, Interop.O_PATH | Interop.O_CLOEXEC);
        if (group.IsInvalid)
            return null;
        string? path = new FileInfo($"/proc/self/fd/{group.DangerousGetHandle()}").LinkTarget;
        return path is not null && path.StartsWith(_mountPoint, StringComparison.Ordinal) ? path[_mountPoint.Length..] : path;
    }

    private static string? FindMount()
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] halves = line.Split(" - ");
            if (halves.Length == 2 && halves[1].StartsWith("cgroup2 ", StringComparison.Ordinal))
                return halves[0].Split(' ')[4];
        }
        return null;
    }

    private async Task LookUpAsync()
    {
        await foreach (ulong id in _wanted.Reader.ReadAllAsync())
        {
            if (_known.ContainsKey(id))
                continue;
            // Ids are never reused, so forgetting all now and then is all the bound that is needed.
            if (_known.Count >= MaxKnown)
                _known.Clear();
            string? path = FindPath(id);
            _known[id] = path is null ? null : ControlGroupPath.FindContainer(path);
        }
    }
}
