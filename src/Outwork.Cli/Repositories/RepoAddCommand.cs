using System.CommandLine;
using System.Security.Cryptography;
using Outwork.Cli.Help;
using Outwork.Content.Packages;
using Outwork.Trust.Authoring;

namespace Outwork.Cli.Repositories;

/// <summary><c>outwork repo add FILE</c>.</summary>
internal static class RepoAddCommand
{
    public static Command Create(RepositorySetting shared)
    {
        Argument<string> file = new Argument<string>("FILE") { Description = "The file; it is copied." }.NotEmpty();
        var path = new Option<string>("--path") { Description = "Its path in the repository, as VENDOR/PRODUCT/FILE.", HelpName = "PATH", Required = true };
        var role = new Option<string?>("--role") { Description = "The role that has it; default the one that the delegations lead to.", HelpName = "ROLE" };
        var command = new ExplainedCommand(
            "add", "Put a file into the repository, staged to be signed; a file of the same path is replaced.",
            file, path, role, shared.Command.Json)
        {
            Examples = ["outwork repo add guard-content-1.2.owpkg --path acme/guard/content.owpkg", "outwork repo add rules.owpkg --path acme/guard/rules.owpkg --role acme"],
        };
        command.SetAction(parsed => shared.Run(parsed, folder =>
        {
            string source = parsed.GetValue(file)!, target = parsed.GetValue(path)!;
            if (Directory.Exists(source))
                return RepositoryReport.Refused(new DraftFault(DraftFaultCode.BadFile, $"{source} is a folder", "Add its files one by one, or make a package of it: outwork package build FOLDER"));
            RepositoryDraft draft = folder.Load();
            using var copy = TargetCopy.Begin(source, folder.PublicTargets);
            PackageManifest? package = null;
            if (PackageTarget.IsMeant(source, target) && PackageTarget.Read(copy, out package) is { } refusal)
                return PackageTarget.Refused(source, refusal);
            string[] warnings = PackageTarget.Compare(folder, draft.WithoutStaged(), target, copy.Digest, package);
            if (TargetChanges.Add(draft, target, copy.Length, copy.Digest, parsed.GetValue(role), shared.Now, out string placed) is { } fault)
                return RepositoryReport.Refused(fault);
            // Before what is staged names it. It has its digest in its name: no client asks for it before it is signed.
            copy.Commit(target);
            folder.Save(draft);
            return RepositoryReport.Of(draft, $"Staged {target} ({copy.Length} bytes, sha256 {Convert.ToHexStringLower(copy.Digest)}) in {placed}.") with { Warnings = warnings };
        }));
        return command;
    }
}
