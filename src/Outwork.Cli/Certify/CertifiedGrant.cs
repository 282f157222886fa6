using System.Globalization;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Cli.Certify;

/// <summary>
/// What a product gets by its manifest, enforced as the warden does: options of its launcher, control groups, a data folder. What only an
/// administrator can allow, it is allowed here.
/// </summary>
internal sealed class CertifiedGrant
{
    private const string GroupName = "product";

    private readonly string _dataFolder;
    private readonly ControlGroups _groups;
    private readonly ProductGrant _grant;

    /// <param name="grant">What it gets.</param>
    /// <param name="runDirectory">Names the control groups.</param>
    /// <param name="dataFolder">Where it may write if it asks for that; made here.</param>
    /// <param name="user">Whom it runs as.</param>
    public CertifiedGrant(ProductGrant grant, string runDirectory, string dataFolder, uint user)
    {
        _dataFolder = dataFolder;
        _groups = new ControlGroups(runDirectory, ControlGroupHierarchies.Find());
        _grant = grant;
        if (!grant.Data)
            return;
        _ = Directory.CreateDirectory(dataFolder);
        FileOwner.Set(dataFolder, user, user);
    }

    /// <summary>It has a folder that it may write.</summary>
    public bool HasData => _grant.Data;

    /// <summary>The launcher's options; makes the control groups.</summary>
    public List<string> LauncherOptions()
    {
        var limits = new ResourceLimits(_grant.MemoryMiB * 1024L * 1024L, _grant.CpuPercent, _grant.Processes);
        List<string> options = ["--max-descriptors", Text(_grant.Descriptors), "--max-threads", Text(_grant.Processes)];
        List<string> folders = _groups.Create(GroupName, limits, out List<string> missing);
        foreach (string group in folders)
            options.AddRange(["--cgroup", group]);
        if (missing.Contains("memory"))
            options.AddRange(["--max-data", Text(limits.MemoryBytes)]);
        if (_grant.Network)
            options.AddRange(["--network", "yes"]);
        if (_grant.SystemPrograms)
            options.AddRange(["--system-programs", "yes"]);
        if (_grant.Data)
            options.AddRange(["--state", _dataFolder]);
        foreach (string path in _grant.Read)
            options.AddRange(["--read", path]);
        return options;
    }

    /// <summary>Removes the control groups, and ends what still runs in them.</summary>
    public void End() => _ = _groups.Remove();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
