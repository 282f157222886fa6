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
    private readonly ProductGrant? _grant;

    /// <param name="program">The product's program.</param>
    /// <param name="runDirectory">Names the control groups.</param>
    /// <param name="dataFolder">Where it may write if it asks for that; made here.</param>
    /// <param name="user">Whom it runs as.</param>
    public CertifiedGrant(string program, string runDirectory, string dataFolder, uint user)
    {
        ProductManifestFile file = ProductManifestFile.Read(program, name: null, allowNetwork: true, share: null);
        _dataFolder = dataFolder;
        _groups = new ControlGroups(runDirectory, ControlGroupHierarchies.Find());
        _grant = file.Grant;
        Refusal = file.Grant is null ? $"{file.Path}: {string.Join("; ", file.Faults)}" : null;
        if (_grant is not { Data: true })
            return;
        _ = Directory.CreateDirectory(dataFolder);
        FileOwner.Set(dataFolder, user, user);
    }

    /// <summary>Why the product may not start; null when it may.</summary>
    public string? Refusal { get; }

    /// <summary>It has a folder that it may write.</summary>
    public bool HasData => _grant is { Data: true };

    /// <summary>The launcher's options; makes the control groups.</summary>
    public List<string> LauncherOptions()
    {
        ProductGrant grant = _grant ?? ProductGrant.Default;
        var limits = new ResourceLimits(grant.MemoryMiB * 1024L * 1024L, grant.CpuPercent, grant.Processes);
        List<string> options = ["--max-descriptors", Text(grant.Descriptors), "--max-threads", Text(grant.Processes)];
        List<string> folders = _groups.Create(GroupName, limits, out List<string> missing);
        foreach (string group in folders)
            options.AddRange(["--cgroup", group]);
        if (missing.Contains("memory"))
            options.AddRange(["--max-data", Text(limits.MemoryBytes)]);
        if (grant.Network)
            options.AddRange(["--network", "yes"]);
        if (grant.SystemPrograms)
            options.AddRange(["--system-programs", "yes"]);
        if (grant.Data)
            options.AddRange(["--state", _dataFolder]);
        foreach (string path in grant.Read)
            options.AddRange(["--read", path]);
        return options;
    }

    /// <summary>Removes the control groups, and ends what still runs in them.</summary>
    public void End() => _ = _groups.Remove();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
