using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Content.Packages;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package build FOLDER</c>.</summary>
internal static class PackageBuildCommand
{
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
        string about = folder;
        try
        {
            if (PackageFolder.Read(folder, PackageLimits.Format, RegularFile.IsAt, out PackageRefusal? refusal) is not { } source)
                return Refuse(refusal!);
            about = output ?? DefaultName(source.Manifest);
            if (IsInside(about, folder))
                return Refuse(new PackageRefusal(PackageRefusalCode.SourceChanged, "", "the package would be written into the folder it is built from") { Remedy = "Name a file outside of the folder: --output FILE" });
            if (!force && Path.Exists(about))
                return Refuse(new PackageRefusal(PackageRefusalCode.Unreadable, "", "it is there already") { Remedy = "Replace it with --force, or name another file: --output FILE" });
            if (Write(about, source, out refusal) is not { } written)
            {
                about = folder;
                return Refuse(refusal!);
            }

            PackageReport.Write(setting, PackageReport.Of(about, new PackageVerification(written.Manifest, written.Digest, written.Length, null)), json);
            return ExitCodes.Done;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Refuse(new PackageRefusal(PackageRefusalCode.Unreadable, "", failed.Message) 
            {
                Remedy = "Look at the path that is named. All that is in the folder you must be allowed to read; the package goes where you may write and the disk has space: --output FILE",
            });
        }

        int Refuse(PackageRefusal refusal) => PackageReport.Refuse(setting, about, refusal.ToBuilder(), json);
    }

    private static WrittenPackage? Write(string path, PackageFolder source, out PackageRefusal? refusal)
    {
        // A name that nobody else has: what lies beside the package is not ours.
        string beside = Path.GetDirectoryName(Path.GetFullPath(path))!, temporary = Path.Join(beside, $".{Path.GetRandomFileName()}.new");
        try
        {
            WrittenPackage? written;
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                written = PackageWriter.Write(stream, source.Manifest, source.Sources, PackageLimits.Format, out refusal);
                if (written is null)
                    return null;
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return written;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string DefaultName(PackageManifest manifest) =>
        $"{manifest.Product}-{(manifest.Kind == PackageKind.Product ? "product" : "content")}-{manifest.Version}{PackageManifest.Extension}";

    private static bool IsInside(string file, string folder) =>
        Path.GetFullPath(file).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
