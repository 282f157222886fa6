using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Content.Store;
using Outwork.Contracts.Control;
using Spectre.Console;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content list</c>.</summary>
internal static class ContentListCommand
{
    private const int DigestShown = 12;
    private const int ReasonShown = 80;

    public static Command Create(CommandSetting setting)
    {
        var command = new ExplainedCommand("list", "Show what packaged content each product has, and where it stands.")
        {
            Examples = ["outwork content list", "outwork content list --json"],
        };
        setting.Ask(
            command, static _ => new ControlRequest { Operation = ControlOperations.ContentList }, static response => response.Contents, ControlJsonContext.Default.ContentStatusArray,
            contents => Write(setting, contents));
        return command;
    }

    private static void Write(CommandSetting setting, ContentStatus[] contents)
    {
        var instants = new Instants(setting.Time);
        if (contents.Length == 0)
            setting.Terminal.WriteLine("No product is followed.");
        foreach (ContentStatus content in contents)
        {
            var sheet = new Sheet(TerminalText.Escape(content.Product), "version", "state", "since", "vendor", "package");
            foreach (ContentSlotStatus slot in content.Slots)
            {
                sheet.Add(
                    slot.InForce ? Styles.Heading : null,
                    slot.Version, StateOf(slot), instants.Since(slot.SinceUnixNs) + " ago", slot.Vendor, slot.Sha256[..Math.Min(DigestShown, slot.Sha256.Length)]);
            }

            if (!Array.Exists(content.Slots, static slot => slot.InForce))
                sheet.Add(null, "-", "in force: the administrator's own content", "", "", "");
            foreach (DeniedContent denied in content.Denied)
                sheet.Add(null, denied.Version, "denied: " + BoundedText.Cut(denied.Reason, ReasonShown), instants.Since(denied.TimeUnixNs) + " ago", "", "");
            sheet.WriteTo(setting.Terminal);
            if (Array.Exists(content.Denied, static denied => denied.Reason.Length > ReasonShown))
                setting.Terminal.WriteLine($"whole reasons: outwork content history {TerminalText.Escape(content.Product)}");
            if (content.Pin is { } pin)
                setting.Terminal.WriteLine($"pinned to {TerminalText.Escape(pin)}");
            if (content.Target is { } target)
                setting.Terminal.WriteLine($"follows {TerminalText.Escape(target)}; {(content.CheckedUnixNs == 0 ? "not reached since the start" : $"asked {instants.Since(content.CheckedUnixNs)} ago")}");
            if (content.LastRefusal is { } refusal)
                setting.Terminal.WriteLine(TerminalText.Escape(refusal));
        }
    }

    private static string StateOf(ContentSlotStatus slot) => slot.Phase switch
    {
        "onTrial" => "in force, on trial",
        "committed" when slot is { InForce: true } => "in force",
        "committed" => "last known good",
        "trying" => "on trial in a second instance",
        "tried" => "passed its trial",
        "rejected" => "failed its trial",
        "rolledBack" => "rolled back",
        _ => slot.Phase,
    };
}
