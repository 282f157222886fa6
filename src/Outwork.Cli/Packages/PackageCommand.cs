using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package</c>: needs no running Outwork and no rights.</summary>
internal static class PackageCommand
{
    public static Command Create(CommandSetting setting) => new ExplainedCommand(
        "package", "Build packages of products and content, look into them, check them.",
        PackageBuildCommand.Create(setting), PackageInspectCommand.Create(setting), PackageVerifyCommand.Create(setting))
    {
        Examples = ["outwork package build ./rules", "outwork package inspect acme-guard-content-1.4.0.owpkg", "outwork package verify acme-guard-content-1.4.0.owpkg"],
    };
}
