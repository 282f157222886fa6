using Outwork.Contracts.Products;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>A product's manifest: what it asks for, what it is granted, and why not.</summary>
public sealed record ProductManifestFile
{
    private const string Suffix = ".product.json";

    // What others keep there is either hidden from a product anyhow or a way around what it is refused.
    private static readonly string[] NeverRead = ["/proc", "/sys", "/dev", "/run", "/var/run", "/tmp", "/root", "/boot"];

    /// <summary>Where it is looked for.</summary>
    public required string Path { get; init; }

    /// <summary>Null when there is none, or it has faults.</summary>
    public ProductManifest? Manifest { get; private init; }

    /// <summary>What the product gets; null when it may not start.</summary>
    public ProductGrant? Grant { get; private init; }

    /// <summary>Why it may not start.</summary>
    public IReadOnlyList<ManifestFault> Faults { get; private init; } = [];

    /// <summary>What it gets less of than it asks for, since that is more than its share of this machine: "6,000 MiB of memory instead of 9,000".</summary>
    public IReadOnlyList<string> Cuts { get; private init; } = [];

    /// <summary>Reads the manifest beside a program; without one the product gets the default.</summary>
    /// <param name="program">Absolute path of the program.</param>
    /// <param name="name">The name that it runs under; null when none is known.</param>
    /// <param name="allowNetwork">Whether the administrator allowed it the network.</param>
    /// <param name="share">The most that it gets by asking; null when the administrator allowed it all that it asks for.</param>
    public static ProductManifestFile Read(string program, string? name, bool allowNetwork, MachineShare? share)
    {
        string path = program + Suffix;
        byte[] json;
        try
        {
            if (!File.Exists(path))
                return new ProductManifestFile { Path = path, Grant = ProductGrant.Default };
            using FileStream file = File.OpenRead(path);
            json = new byte[Math.Min(file.Length, ProductManifestReader.MaximumLength + 1)];
            file.ReadExactly(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ProductManifestFile { Path = path, Faults = [new ManifestFault("", e.Message)] };
        }

        ProductManifest? manifest = ProductManifestReader.Read(json, out List<ManifestFault> faults);
        if (manifest is not null)
            CheckHere(manifest, name, allowNetwork, faults);
        ProductGrant? grant = faults.Count == 0 ? ProductGrant.Of(manifest!.Needs) : null;
        List<string> cuts = [];
        if (grant is not null && share is not null)
            grant = share.Cut(grant, out cuts);
        return new ProductManifestFile
        {
            Path = path,
            Manifest = manifest,
            Grant = grant,
            Faults = faults,
            Cuts = cuts,
        };
    }

    private static void CheckHere(ProductManifest manifest, string? name, bool allowNetwork, List<ManifestFault> faults)
    {
        if (name is not null && manifest.Name is { } own && own != name)
            faults.Add(new ManifestFault("name", $"{own}, but it is run as {name}"));
        if (manifest.Needs?.Network == true && !allowNetwork)
        {
            string who = name ?? manifest.Name ?? "NAME";
            faults.Add(new ManifestFault("needs.network", $"asked for, and not allowed on this machine; to allow it: outwork up --allow-network {who}"));
        }

        string[] paths = manifest.Needs?.Read ?? [];
        for (int i = 0; i < paths.Length; i++)
        {
            string path = paths[i];
            if (Array.Exists(NeverRead, folder => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal)))
                faults.Add(new ManifestFault($"needs.read[{i}]", $"{path}: no product may have that"));
            else if (!System.IO.Path.Exists(path))
                faults.Add(new ManifestFault($"needs.read[{i}]", $"{path}: no such file or directory"));
        }
    }
}
