using System.Text.Json.Nodes;
using Outwork.Trust.Workflow;
using Outwork.TufClient;

namespace Outwork.Trust.Tests.Simulation;

/// <summary>
/// A repository, a web server, and the client driven by its command line, as the public suite does it: each command begins with nothing
/// but what is on disk.
/// </summary>
internal sealed class ConformanceCase : IDisposable
{
    public const int Done = 0, Failed = 1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outwork-tuf-");
    private readonly RepositoryServer _server;

    public ConformanceCase()
    {
        Repository = new SimulatedRepository(Start);
        _server = new RepositoryServer(Repository.Get);
        Directory.CreateDirectory(MetadataFolder);
        Directory.CreateDirectory(TargetFolder);
        TrustedRoot = Repository.Published[SimulatedRepository.Root][0];
    }

    /// <summary>Day 0.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public SimulatedRepository Repository { get; }

    public byte[] TrustedRoot { get; set; }

    public string MetadataFolder => Path.Join(_folder.FullName, "metadata");

    /// <summary>Why the last command failed.</summary>
    public TrustRefusal? Refusal { get; private set; }

    public RepositoryServer Server => _server;

    /// <summary>The trusted roles by file name, as "root:1 timestamp:2".</summary>
    public string TrustedRoles => string.Join(' ', Directory.GetFiles(MetadataFolder, "*.json")
        .Select(file => $"{Path.GetFileNameWithoutExtension(file)}:{JsonNode.Parse(File.ReadAllBytes(file))!["signed"]!["version"]}").Order(StringComparer.Ordinal));

    /// <summary>Everything below the folder of downloads, as text, by name.</summary>
    public string[] Downloads => [.. Directory.GetFiles(TargetFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private string TargetFolder => Path.Join(_folder.FullName, "targets");

    public static ConformanceCase Initialised()
    {
        var created = new ConformanceCase();
        Assert.Equal(Done, created.Initialise());
        return created;
    }

    public byte[]? Kept(string role)
    {
        string path = Path.Join(MetadataFolder, Uri.EscapeDataString(role) + ".json");
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    public void Keep(string role, byte[] bytes) => File.WriteAllBytes(Path.Join(MetadataFolder, Uri.EscapeDataString(role) + ".json"), bytes);

    /// <summary>The version trusted; null when none is.</summary>
    public long? Version(string role) => Kept(role) is { } bytes ? JsonNode.Parse(bytes)!["signed"]!["version"]!.GetValue<long>() : null;

    public int Initialise()
    {
        string root = Path.Join(_folder.FullName, "initial_root.json");
        File.WriteAllBytes(root, TrustedRoot);
        return Run(0, "--metadata-dir", MetadataFolder, "init", root);
    }

    public int Refresh(double day = 0) => Run(day, "--metadata-url", _server.Address + "metadata/", "--metadata-dir", MetadataFolder, "refresh");

    public int Download(params string[] names) => DownloadOn(0, names);

    public int DownloadOn(double day, params string[] names) => Run(
        day,
        [
            "--metadata-url", _server.Address + "metadata", "--metadata-dir", MetadataFolder, .. names.SelectMany(name => (string[])["--target-name", name]),
            "--target-dir", TargetFolder, "--target-base-url", _server.Address + "targets", "download",
        ]);

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    private int Run(double day, params string[] arguments)
    {
        ClientArguments? parsed = ClientArguments.Parse(arguments, out string fault);
        Assert.True(parsed is not null, fault);
        Refusal = ClientCommands.RunAsync(parsed, new ManualTime(Start.AddDays(day))).GetAwaiter().GetResult();
        return Refusal is null ? Done : Failed;
    }
}
