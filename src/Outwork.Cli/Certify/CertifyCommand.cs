using System.CommandLine;
using System.Globalization;
using Outwork.Cli.Control;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Cli.Products;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Cli.Certify;

/// <summary><c>outwork certify PRODUCT</c>: what a vendor runs before shipping. Needs no running Outwork; with root it confines the product as the warden does.</summary>
internal static class CertifyCommand
{
    private const double LongestMinutes = 24 * 60;
    private const int HighestRate = 100_000;

    public static Command Create(CommandSetting setting)
    {
        Argument<string> product = new Argument<string>("PRODUCT") { Description = "The product's executable." }.NotEmpty();
        Option<string?> content = new Option<string?>("--content") { Description = "Give the product a copy of this content directory.", HelpName = "DIR" }.NotEmpty();
        var minutes = new Option<double>("--minutes") { Description = "How long the load lasts.", HelpName = "N", DefaultValueFactory = static _ => 0.25 };
        minutes.Validators.Add(static result =>
        {
            // What is no number at all is the library's to tell.
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double number) && number is not (> 0 and <= LongestMinutes))
                result.AddError("--minutes takes a number above 0 and up to 1440.");
        });
        var rate = new Option<int>("--rate") { Description = "Questions a second under load.", HelpName = "N", DefaultValueFactory = static _ => 300 };
        rate.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number is < 1 or > HighestRate)
                result.AddError($"--rate takes 1 to {HighestRate}.");
        });
        var unconfined = new Option<bool>("--unconfined") { Description = "Start the product without its confinement, as this user." };
        var command = new ExplainedCommand(
            "certify", "Check a built product before it is shipped: answers, deadlines, load, faults, confinement.",
            product, content, minutes, rate, unconfined, setting.Json)
        {
            Examples =
            [
                "sudo outwork certify ./acme-guard --content ./content",
                "outwork certify ./acme-guard --minutes 5 --rate 1000",
                "outwork certify ./acme-guard --json",
            ],
        };
        command.SetAction(parsed =>
        {
            string launcher = Path.Join(AppContext.BaseDirectory, "outwork-warden");
            string? because = parsed.GetValue(unconfined) ? "--unconfined"
                : !CurrentProcess.IsRoot ? "only root can confine it"
                : !File.Exists(launcher) ? $"{launcher} is missing"
                : null;
            if (setting.IsWholeProcess)
                CurrentProcess.AdoptOrphans();
            var options = new CertifyOptions
            {
                EndsOrphans = setting.IsWholeProcess,
                Product = Path.GetFullPath(parsed.GetValue(product)!),
                Content = parsed.GetValue(content) is { } directory ? Path.GetFullPath(directory) : null,
                Launcher = because is null ? launcher : null,
                UnconfinedBecause = because ?? "",
                LoadDuration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                LoadRate = parsed.GetValue(rate),
            };
            return Run(setting, options, parsed.GetValue(setting.Json));
        });
        return command;
    }

    private static int Run(CommandSetting setting, CertifyOptions options, bool json)
    {
        if (FindFault(options) is { } fault)
            return setting.Fail(fault, json);
        using var interruption = new RunInterruption();
        CertifyReport report;
        try
        {
            Action<string>? progress = json ? null : step => Write(() => setting.Terminal.WriteLine($"  {step} ...", Styles.Quiet));
            report = Certification.Run(options, setting.Time, progress, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.ExitCode != 0)
        {
            return interruption.ExitCode;
        }

        if (json)
            Write(() => JsonOutput.WriteDocument(setting.Terminal, report, CertifyJsonContext.Default.CertifyReport));
        else
            Write(() => CertifySheet.Write(setting.Terminal, report));
        return report.Passed ? ExitCodes.Done : ExitCodes.Refused;
    }

    // The exit code tells what was found, also when nobody reads on.
    private static void Write(Action write)
    {
        try
        {
            write();
        }
        catch (IOException closed) when (closed.HResult == StandardOutput.ReaderGone)
        {
        }
    }

    private static ControlResponse? FindFault(CertifyOptions options)
    {
        if (ProductProgram.FindMissing(options.Product) is { } missing)
            return missing;
        if (ProductProgram.FindFault(options.Product, confined: options.Launcher is not null) is { } fault)
            return ProductProgram.Refuse(ClientCodes.NotAProgram, $"{options.Product}: {fault}");
        return options.Content is null || Directory.Exists(options.Content) ? null
            : ProductProgram.Refuse(ControlCodes.NotFound, $"{options.Content}: there is no such directory. Name the product's content.");
    }
}
