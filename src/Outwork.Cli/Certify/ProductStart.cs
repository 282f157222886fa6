using System.Globalization;
using System.Runtime.InteropServices;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Certify;

/// <summary>
/// How the product is started: as the warden starts it, with the same environment, and through the same launcher when there
/// is one. Owns a folder with a copy of the content.
/// </summary>
internal sealed class ProductStart : IProductStart, IDisposable
{
    private const string ContentVariable = "OUTWORK_CONTENT_DIR";
    private const string DataVariable = "OUTWORK_DATA_DIR";
    private const int ReporterDescriptor = 4;
    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode Enterable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly CertifyOptions _options;
    private readonly CertifiedGrant? _grant;
    private readonly string _folder = Directory.CreateTempSubdirectory("outwork-certify-").FullName;

    public ProductStart(CertifyOptions options)
    {
        _options = options;
        File.SetUnixFileMode(_folder, Enterable);
        Content = options.Content is null ? null : Path.Join(_folder, "content");
        if (Content is not null)
            RestoreContent();
        if (Confined)
        {
            User = DynamicUsers.FromSystem().Take("certify:" + _folder);
            _ = Directory.CreateDirectory(RunDirectory);
            _grant = new CertifiedGrant(options.Product, RunDirectory, Path.Join(_folder, "data"), User);
        }
    }

    /// <summary>The product's copy of the content, outside of its confinement; null when it has none.</summary>
    public string? Content { get; }

    /// <inheritdoc/>
    public string? Refusal => _grant?.Refusal;

    public bool Confined => _options.Launcher is not null;

    /// <inheritdoc/>
    public uint User { get; }

    private string RunDirectory => Path.Join(_folder, "run");

    /// <inheritdoc/>
    public ProcessSpec Spec(SafeHandle session, SafeHandle log, SafeHandle reporter)
    {
        List<KeyValuePair<string, string>> environment = ProductEnvironment.Create();
        if (Content is not null)
            environment.Add(new(ContentVariable, Confined ? new SandboxLayout(RunDirectory).Content : Content));
        if (_grant is { HasData: true })
            environment.Add(new(DataVariable, new SandboxLayout(RunDirectory).State));
        return new ProcessSpec
        {
            Program = _options.Launcher ?? _options.Product,
            Arguments = _options.Launcher is { } launcher ? LauncherArguments(launcher) : [],
            Environment = environment,
            Descriptors = Confined
                ? [new(session, ProductEnvironment.SessionDescriptor), new(reporter, ReporterDescriptor), new(log, 1), new(log, 2)]
                : [new(session, ProductEnvironment.SessionDescriptor), new(log, 1), new(log, 2)],
        };
    }

    /// <summary>Puts the good content back.</summary>
    public void RestoreContent() => Copy(_options.Content!, Content!);

    /// <summary>Writes noise over every file of the content.</summary>
    public void BreakContent()
    {
        foreach (string file in Directory.EnumerateFiles(Content!, "*", SearchOption.AllDirectories))
        {
            byte[] noise = new byte[Math.Clamp(new FileInfo(file).Length, 64, 64 * 1024)];
            for (int i = 0; i < noise.Length; i++)
                noise[i] = (byte)((i * 151) ^ 0xA5);
            File.WriteAllBytes(file, noise);
        }
    }

    /// <summary>Deletes every file of the content.</summary>
    public void RemoveContent()
    {
        foreach (string file in Directory.EnumerateFiles(Content!, "*", SearchOption.AllDirectories))
            File.Delete(file);
    }

    /// <inheritdoc/>
    public void EndWhatIsLeft()
    {
        _grant?.End();
        if (_options.EndsOrphans)
            _ = OrphanProcesses.End(static _ => false);
    }

    public void Dispose()
    {
        EndWhatIsLeft();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] LauncherArguments(string launcher)
    {
        string[] content = Content is null ? [] : ["--content", Content];
        return
        [
            "launch",
            "--uid", User.ToString(CultureInfo.InvariantCulture),
            "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            // The reporter is closed before the product runs: it is the first beyond those that the product gets.
            "--descriptors", "1",
            "--reporter", ReporterDescriptor.ToString(CultureInfo.InvariantCulture),
            "--restrict-files", "yes",
            "--run-dir", RunDirectory,
            "--bin", Path.GetDirectoryName(launcher)!,
            .. content,
            .. _grant!.LauncherOptions(),
            "--",
            _options.Product,
        ];
    }

    private static void Copy(string from, string to)
    {
        _ = Directory.CreateDirectory(to);
        File.SetUnixFileMode(to, Enterable);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            string copy = Path.Join(to, Path.GetFileName(file));
            File.Copy(file, copy, overwrite: true);
            File.SetUnixFileMode(copy, Readable);
        }

        foreach (string folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Join(to, Path.GetFileName(folder)));
    }
}
