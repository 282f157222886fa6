using System.Globalization;
using Outwork.Cli.Output;
using Outwork.Content.Packages;
using Outwork.Contracts.Products;

namespace Outwork.Cli.Packages;

/// <summary>Tells of packages, to people and programs.</summary>
internal static class PackageReport
{
    /// <summary>What was read, for programs.</summary>
    public static PackageDescription Of(string path, PackageVerification read)
    {
        PackageManifest manifest = read.Manifest!;
        return new PackageDescription
        {
            File = path,
            Ok = true,
            Sha256 = read.Digest.Length == 0 ? null : read.Digest,
            Length = read.Digest.Length == 0 ? null : read.Length,
            Kind = manifest.Kind == PackageKind.Product ? "product" : "content",
            Vendor = manifest.Vendor,
            Product = manifest.Product,
            Version = manifest.Version.ToString(),
            Description = manifest.Description,
            Schema = manifest.Schema,
            Requires = new RequirementsDescription(manifest.Requires.Product.ToString(), manifest.Requires.Outwork.ToString(), manifest.Requires.Systems),
            Trial = manifest.Trial,
            Commit = manifest.Commit,
            LooserThanDefault = [.. manifest.Trial.LooserThan(TrialConditions.Default), .. manifest.Commit.LooserThan(CommitConditions.Default)],
            Files = manifest.Files,
        };
    }

    /// <summary>Tells what is wrong, where, and what to do; returns the exit code.</summary>
    public static int Refuse(CommandSetting setting, string path, PackageRefusal refusal, bool json)
    {
        if (json)
        {
            var told = new PackageRefusalDescription(refusal.CodeText, refusal.Where, refusal.What, refusal.Remedy, refusal.Faults);
            JsonOutput.WriteDocument(setting.Terminal, new PackageDescription { File = path, Ok = false, Refusal = told }, PackageDescriptionJson.Default.PackageDescription);
        }

        foreach (ManifestFault fault in refusal.Faults)
            setting.Terminal.WriteError(TerminalText.Escape($"{path}: {refusal.Where}: {fault}"));
        if (refusal.Faults.Count == 0)
            setting.Terminal.WriteError(TerminalText.Escape($"{path}: {refusal}"));
        setting.Terminal.WriteError($"Refused: {refusal.CodeText}. {refusal.Remedy}");
        return ExitCodes.Refused;
    }

    /// <summary>Tells of a package that is not refused.</summary>
    public static void Write(CommandSetting setting, PackageDescription package, bool json)
    {
        Terminal terminal = setting.Terminal;
        if (json)
        {
            JsonOutput.WriteDocument(terminal, package, PackageDescriptionJson.Default.PackageDescription);
            return;
        }

        terminal.WriteLine(TerminalText.Escape(package.File));
        Facts(package).WriteTo(terminal);
        Conditions(package).WriteTo(terminal);
        var files = new Sheet("Files", "NAME", "BYTES", "MODE", "SHA-256");
        foreach (PackageFile file in package.Files!)
            files.Add(null, file.Path, Number(file.Size), file.Executable ? "executable" : "-", file.Sha256);
        files.WriteTo(terminal);
        if (package.Sha256 is null)
        {
            terminal.WriteLine();
            terminal.WriteLine("Not checked: outwork package verify reads all of it.", Styles.Quiet);
        }
    }

    private static Sheet Facts(PackageDescription package)
    {
        var sheet = new Sheet("Package", "FIELD", "VALUE");
        sheet.Add(null, "package", $"{package.Vendor}/{package.Product} {package.Version}");
        sheet.Add(null, "kind", package.Kind!);
        if (package.Description!.Length != 0)
            sheet.Add(null, "description", package.Description);
        if (package.Schema is { } schema)
            sheet.Add(null, "made for", schema.ToString());
        sheet.Add(null, "product versions", package.Requires!.Product);
        sheet.Add(null, "Outwork versions", package.Requires.Outwork);
        sheet.Add(null, "systems", package.Requires.Systems.Count == 0 ? "any" : string.Join(", ", package.Requires.Systems));
        sheet.Add(null, "files", $"{Number(package.Files!.Count)}, {Number(package.Files.Sum(static file => file.Size))} bytes");
        if (package.Sha256 is not null)
        {
            sheet.Add(null, "package size", $"{Number(package.Length!.Value)} bytes");
            sheet.Add(Styles.Good, "SHA-256", package.Sha256);
        }

        return sheet;
    }

    private static Sheet Conditions(PackageDescription package)
    {
        var sheet = new Sheet("Before it is in force, and before it is kept", "CONDITION", "ASKED", "DEFAULT", "STRICTER");
        TrialConditions asked = package.Trial!, usual = TrialConditions.Default, stricter = asked.Strictest(usual);
        Row("events replayed, at least", asked.MinimumReplayedEvents, usual.MinimumReplayedEvents, stricter.MinimumReplayedEvents);
        Row("live events, at least", asked.MinimumLiveEvents, usual.MinimumLiveEvents, stricter.MinimumLiveEvents);
        Row("seconds of live events, at least", asked.MinimumLiveSeconds, usual.MinimumLiveSeconds, stricter.MinimumLiveSeconds);
        Row("MiB of memory more, at most", asked.MaximumMemoryGrowthMiB, usual.MaximumMemoryGrowthMiB, stricter.MaximumMemoryGrowthMiB);
        Row("deadlines missed, at most", asked.MaximumMissedDeadlines, usual.MaximumMissedDeadlines, stricter.MaximumMissedDeadlines);
        Row("files newly denied, at most", asked.MaximumNewlyDenied, usual.MaximumNewlyDenied, stricter.MaximumNewlyDenied);
        CommitConditions commit = package.Commit!;
        Row("seconds in force on trial, at least", commit.MinimumSeconds, CommitConditions.Default.MinimumSeconds, commit.Strictest(CommitConditions.Default).MinimumSeconds);
        return sheet;

        void Row(string name, int value, int byDefault, int inForce) =>
            sheet.Add(value == inForce ? null : Styles.Warning, name, Number(value), Number(byDefault), Number(inForce));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
