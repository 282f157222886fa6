using System.CommandLine;
using Outwork.Cli.Help;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content</c>.</summary>
internal static class ContentCommand
{
    public static Command Create(CommandSetting setting) => new ExplainedCommand(
        "content", "See and steer the packaged content of products.",
        ContentListCommand.Create(setting), ContentHistoryCommand.Create(setting), ContentSteering.Pin(setting), ContentSteering.Unpin(setting),
        ContentSteering.RollBack(setting), ContentSteering.Allow(setting), ContentImportCommand.Create(setting))
    {
        Examples = ["outwork content list", "outwork content history execguard", "sudo outwork content rollback execguard --reason 'denies our build'"],
    };

    /// <summary>The argument that names a product.</summary>
    public static Argument<string> CreateProduct() => new("PRODUCT") { Description = "Name of the product." };
}
