using System.CommandLine;
using Outwork.Cli.Help;
using Outwork.Content.Packages;

namespace Outwork.Cli.Packages;

/// <summary><c>outwork package verify FILE</c>: reads every byte.</summary>
internal static class PackageVerifyCommand
{
    private const string StandardInput = "-";

    public static Command Create(CommandSetting setting)
    {
        Argument<string> file = CreateArgument();
        var digest = new Option<string?>("--sha256") { Description = "The digest that the package must have, 64 hexadecimal digits.", HelpName = "DIGEST" };
        digest.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not { Length: 64 } text || !text.All(char.IsAsciiHexDigit))
                result.AddError("--sha256 takes 64 hexadecimal digits.");
        });
        var command = new ExplainedCommand(
            "verify", "Read a whole package: every byte is the one that its manifest asks for, or it is refused.",
            file, digest, setting.Json)
        {
            Examples = ["outwork package verify acme-guard-content-1.4.0.owpkg", "curl -s https://mirror.example/acme.owpkg | outwork package verify -"],
        };
        command.SetAction(parsed => Read(setting, parsed.GetValue(file)!, parsed.GetValue(setting.Json), stream => Verify(stream, parsed.GetValue(digest))));
        return command;
    }

    /// <summary>The argument that names the package.</summary>
    public static Argument<string> CreateArgument() => new Argument<string>("FILE") { Description = "The package; - reads standard input." }.NotEmpty();

    /// <summary>Opens the package, reads it, tells of it.</summary>
    public static int Read(CommandSetting setting, string path, bool json, Func<Stream, PackageVerification> read)
    {
        PackageVerification result;
        try
        {
            using Stream stream = path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            result = read(stream);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            result = new PackageVerification(null, "", 0, new PackageRefusal(PackageRefusalCode.Unreadable, "", unreadable.Message));
        }

        if (result.Refusal is { } refusal)
            return PackageReport.Refuse(setting, path, refusal, json);
        PackageReport.Write(setting, PackageReport.Of(path, result), json);
        return ExitCodes.Done;
    }

    private static PackageVerification Verify(Stream stream, string? digest)
    {
        PackageVerification result = PackageReader.Verify(stream, PackageLimits.Format);
        return result.Refusal is null && digest is not null && !digest.Equals(result.Digest, StringComparison.OrdinalIgnoreCase)
            ? result with { Refusal = new PackageRefusal(PackageRefusalCode.WrongPackage, "", $"its digest is {result.Digest}, not {digest.ToLowerInvariant()}") }
            : result;
    }
}
