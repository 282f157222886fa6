using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Content.Packages;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package inspect FILE</c>: reads the manifest alone.</summary>
internal static class PackageInspectCommand
{
    public static Command Create(CommandSetting setting)
    {
        Argument<string> file = PackageVerifyCommand.CreateArgument();
        var command = new ExplainedCommand(
            "inspect", "Tell what a package says of itself and what is in it; verify checks whether that is true.",
            file, setting.Json)
        {
            Examples = ["outwork package inspect acme-guard-content-1.4.0.owpkg", "outwork package inspect acme-guard-content-1.4.0.owpkg --json | jq -r '.files[].path'"],
        };
        command.SetAction(parsed => PackageVerifyCommand.Read(setting, parsed.GetValue(file)!, parsed.GetValue(setting.Json), static stream =>
        {
            using PackageReader? reader = PackageReader.Open(stream, PackageLimits.Format, out PackageRefusal? refusal);
            return new PackageVerification(reader?.Manifest, "", 0, refusal);
        }));
        return command;
    }
}
