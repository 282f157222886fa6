using System.Globalization;
using System.Runtime.InteropServices;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Certify;

/// <summary>
/// How the product is started: as the warden starts it, with the same environment, and through the same launcher when there
/// is one, and with a copy of the content.
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
    private readonly RunFolder _run;

    public ProductStart(CertifyOptions options, RunFolder run)
    {
        _options = options;
        _run = run;
        ProductManifestFile file = ProductManifestFile.Read(options.Product, name: null, allowNetwork: true, share: null);
        Manifest = file.Manifest;
        Refusal = file.Grant is null ? $"{file.Path}: {string.Join("; ", file.Faults)}" : null;
        Content = options.Content is null ? null : Path.Join(run.Path, "content");
        if (Content is not null)
            RestoreContent();
        if (Confined && file.Grant is { } grant)
        {
            User = DynamicUsers.FromSystem().Take("certify:" + run.Path);
            _ = Directory.CreateDirectory(run.RunDirectory);
            _grant = new CertifiedGrant(grant, run.RunDirectory, Path.Join(run.Path, "data"), User);
        }
    }

    /// <summary>The product's copy of the content, outside of its confinement; null when it has none.</summary>
    public string? Content { get; }

    /// <summary>What is wrong with the manifest; null when it may start.</summary>
    public string? Refusal { get; }

    /// <summary>What the product says of itself; null when it has no manifest, or a wrong one.</summary>
    public ProductManifest? Manifest { get; }

    public bool Confined => _options.Launcher is not null;

    /// <inheritdoc/>
    public uint User { get; }

    /// <inheritdoc/>
    public ProcessSpec Spec(SafeHandle session, SafeHandle log, SafeHandle reporter)
    {
        List<KeyValuePair<string, string>> environment = ProductEnvironment.Create();
        if (Content is not null)
            environment.Add(new(ContentVariable, Confined ? new SandboxLayout(_run.RunDirectory).Content : Content));
        if (_grant is { HasData: true })
            environment.Add(new(DataVariable, new SandboxLayout(_run.RunDirectory).State));
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

    public void Dispose() => EndWhatIsLeft();

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
            "--run-dir", _run.RunDirectory,
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
