using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Content.Packages;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package build FOLDER</c>.</summary>
internal static class PackageBuildCommand
{
    private const string Extension = ".owpkg";

    public static Command Create(CommandSetting setting)
    {
        Argument<string> folder = new Argument<string>("FOLDER") { Description = $"The folder with {PackageManifest.FileName} and what goes into the package." }.NotEmpty();
        Option<string?> output = new Option<string?>("--output", "-o") { Description = "The package; default PRODUCT-KIND-VERSION.owpkg here.", HelpName = "FILE" }.NotEmpty();
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var command = new ExplainedCommand("build", "Build a package from a folder. The same folder gives the same bytes.", folder, output, force, setting.Json)
        {
            Examples = ["outwork package build ./rules", "outwork package build ./rules -o acme-guard.owpkg --force", "outwork package build ./rules --json | jq -r .sha256"],
        };
        command.SetAction(parsed => Run(setting, parsed.GetValue(folder)!, parsed.GetValue(output), parsed.GetValue(force), parsed.GetValue(setting.Json)));
        return command;
    }

    private static int Run(CommandSetting setting, string folder, string? output, bool force, bool json)
    {
        try
        {
            return Build(setting, folder, output, force, json);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return PackageReport.Refuse(setting, output ?? folder, new PackageRefusal(PackageRefusalCode.Unreadable, "", failed.Message), json);
        }
    }

    private static int Build(CommandSetting setting, string folder, string? output, bool force, bool json)
    {
        if (PackageFolder.Read(folder, PackageLimits.Format, RegularFile.IsAt, out PackageRefusal? refusal) is not { } source)
            return PackageReport.Refuse(setting, folder, refusal!, json);
        string path = output ?? DefaultName(source.Manifest);
        if (IsInside(path, folder))
            return PackageReport.Refuse(setting, path, new PackageRefusal(PackageRefusalCode.SourceChanged, "", "the package would be written into the folder it is built from"), json);
        if (!force && Path.Exists(path))
            return PackageReport.Refuse(setting, path, new PackageRefusal(PackageRefusalCode.Unreadable, "", "it is there already; --force replaces it"), json);
        // A name that nobody else has: what lies beside the package is not ours.
        string beside = Path.GetDirectoryName(Path.GetFullPath(path))!, temporary = Path.Join(beside, $".{Path.GetRandomFileName()}.new");
        try
        {
            WrittenPackage? written;
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                written = PackageWriter.Write(stream, source.Manifest, source.Sources, PackageLimits.Format, out refusal);
                if (written is null)
                    return PackageReport.Refuse(setting, folder, refusal!, json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            PackageReport.Write(setting, PackageReport.Of(path, new PackageVerification(written.Manifest, written.Digest, written.Length, null)), json);
            return ExitCodes.Done;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string DefaultName(PackageManifest manifest) =>
        $"{manifest.Product}-{(manifest.Kind == PackageKind.Product ? "product" : "content")}-{manifest.Version}{Extension}";

    private static bool IsInside(string file, string folder) =>
        Path.GetFullPath(file).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
