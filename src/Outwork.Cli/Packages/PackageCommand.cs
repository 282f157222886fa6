using System.CommandLine;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package</c>: needs no running Outwork and no rights.</summary>
internal static class PackageCommand
{
    public static Command Create(CommandSetting setting) => new("package", "Build packages of products and content, look into them, check them.")
    {
        PackageBuildCommand.Create(setting),
        PackageInspectCommand.Create(setting),
        PackageVerifyCommand.Create(setting),
    };
}
