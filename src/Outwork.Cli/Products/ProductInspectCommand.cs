using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Cli.Products;

/// <summary><c>outwork product inspect NAME|PATH</c>: needs no running Outwork.</summary>
internal static class ProductInspectCommand
{
    public static Command Create(CommandSetting setting)
    {
        Argument<string> product = new Argument<string>("NAME|PATH") { Description = "A product that is installed with Outwork, or the path of a product's program." }.NotEmpty();
        var allowNetwork = new Option<bool>("--allow-network") { Description = "As if started with --allow-network for it." };
        var allowResources = new Option<bool>("--allow-resources") { Description = "As if started with --allow-resources for it." };
        var allowWeaker = new Option<bool>("--allow-weaker-confinement") { Description = "As if started with --allow-weaker-confinement." };
        var command = new ExplainedCommand(
            "inspect", "Tell what a product asks for, what it gets, and what this kernel cannot enforce; Outwork need not run.",
            product, allowNetwork, allowResources, allowWeaker, setting.Json)
        {
            Examples = ["outwork product inspect execguard", "outwork product inspect ./vendor-product --allow-network", "outwork product inspect execguard --json"],
        };
        command.SetAction(parsed =>
        {
            bool json = parsed.GetValue(setting.Json);
            string program = ProductProgram.Locate(parsed.GetValue(product)!, out string? name);
            if (ProductProgram.FindMissing(program) is { } missing)
                return setting.Fail(missing, json);
            ProductInspection inspection = Inspect(
                program, name, parsed.GetValue(allowNetwork), parsed.GetValue(allowResources), parsed.GetValue(allowWeaker));
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, inspection, ProductInspectionJson.Default.ProductInspection);
            else
                Write(setting.Terminal, inspection);
            return inspection.Starts ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    private static ProductInspection Inspect(string program, string? name, bool allowNetwork, bool allowResources, bool allowWeaker)
    {
        ProductManifestFile file = ProductManifestFile.Read(program, name, allowNetwork, allowResources ? null : CurrentProcess.ProductShare);
        List<ConfinementGap> gaps = [.. ConfinementSupport.FindGaps().Where(gap => ConfinementSupport.Concerns(gap, file.Grant))];
        List<ManifestFault> faults = [.. file.Faults];
        if (ProductProgram.FindFault(program, confined: true) is { } fault)
            faults.Insert(0, new ManifestFault("program", fault));
        return new ProductInspection
        {
            Program = program,
            Manifest = File.Exists(file.Path) ? file.Path : null,
            Asked = file.Manifest is { } manifest ? manifest.Needs ?? new ProductNeeds() : null,
            Granted = file.Grant,
            Cuts = [.. file.Cuts],
            Faults = [.. faults],
            Warnings = ProductProgram.FindOtherName(program, file.Manifest) is { } warning ? [warning] : [],
            NotEnforced = [.. gaps],
            Starts = faults.Count == 0 && (allowWeaker || !gaps.Exists(static gap => gap.Essential)),
        };
    }

    private static void Write(Terminal terminal, ProductInspection inspection)
    {
        terminal.WriteLine(TerminalText.Escape(inspection.Program));
        terminal.WriteLine(TerminalText.Escape($"manifest: {inspection.Manifest ?? "none: the defaults apply"}"));
        GrantSheet(inspection.Asked, inspection.Granted).WriteTo(terminal);
        foreach (string cut in inspection.Cuts)
            terminal.WriteLine($"It gets {cut}: no more of this machine without --allow-resources.", Styles.Warning);
        foreach (string warning in inspection.Warnings)
            terminal.WriteLine(TerminalText.Escape(warning), Styles.Warning);
        var faults = new Sheet("Faults", "FIELD", "FAULT");
        foreach (ManifestFault fault in inspection.Faults)
            faults.Add(Styles.Warning, fault.Field.Length == 0 ? "-" : fault.Field, fault.Message);
        faults.WriteTo(terminal);
        var gaps = new Sheet("Not enforced by this kernel", "MECHANISM", "REFUSED FOR IT", "LOST");
        foreach (ConfinementGap gap in inspection.NotEnforced)
            gaps.Add(gap.Essential ? Styles.Warning : null, gap.Mechanism, gap.Essential ? "yes" : "no", gap.Lost);
        gaps.WriteTo(terminal);
        terminal.WriteLine();
        terminal.WriteLine(inspection.Starts
            ? inspection.NotEnforced.Length == 0 ? "It starts, and this kernel enforces all of it." : "It starts."
            : "It does NOT start.");
    }

    private static Sheet GrantSheet(ProductNeeds? asked, ProductGrant? granted)
    {
        var sheet = new Sheet("Needs", "NEED", "ASKED", "GRANTED");
        Add("network", asked?.Network, granted?.Network);
        Add("system programs", asked?.SystemPrograms, granted?.SystemPrograms);
        Add("data folder", asked?.Data, granted?.Data);
        AddNumber("data folder size", asked?.DataMiB, granted is { Data: true } ? granted.DataMiB : null, " MiB");
        sheet.Add(null, "further reading", Paths(asked?.Read), granted is null ? "-" : Paths(granted.Read));
        AddNumber("memory", asked?.MemoryMiB, granted?.MemoryMiB, " MiB");
        AddNumber("processor", asked?.CpuPercent, granted?.CpuPercent, " %");
        AddNumber("processes and threads", asked?.Processes, granted?.Processes, "");
        AddNumber("descriptors", asked?.Descriptors, granted?.Descriptors, "");
        return sheet;

        void Add(string need, bool? wanted, bool? given) => sheet.Add(null, need, Word(wanted), Word(given));
        void AddNumber(string need, int? wanted, int? given, string unit) =>
            sheet.Add(null, need, wanted is null ? "-" : $"{wanted}{unit}", given is null ? "-" : $"{given}{unit}");
    }

    private static string Word(bool? value) => value switch { true => "yes", false => "no", null => "-" };

    private static string Paths(string[]? paths) => paths is not { Length: > 0 } ? "-" : string.Join(", ", paths);
}
