using Outwork.Contracts.Policy;
using System.CommandLine;
using System.Text;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;
using Outwork.Policy;

namespace Outwork.Cli.Policies;

/// <summary>The policy file that a command names.</summary>
/// <param name="Name">As given, for messages; <c>(standard input)</c> for <c>-</c>.</param>
/// <param name="Text">Null when it could not be read.</param>
/// <param name="Error">Why it could not be read.</param>
internal sealed record PolicyFile(string Name, string? Text, string? Error)
{
    private const string StandardInput = "-";

    /// <summary>The argument that names it.</summary>
    public static Argument<string> CreateArgument() => new Argument<string>("FILE") { Description = "The policy, YAML; - reads standard input." }.NotEmpty();

    /// <summary>Reads it; the text is UTF-8.</summary>
    public static async Task<PolicyFile> ReadAsync(string path, CancellationToken cancellation)
    {
        string name = path == StandardInput ? "(standard input)" : path;
        try
        {
            if (path != StandardInput && new FileInfo(path).Length > PolicyReader.MaxBytes)
                return new PolicyFile(name, null, $"it is larger than {PolicyReader.MaxBytes} bytes.");
            await using Stream stream = path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            using var reader = new StreamReader(stream, strict, detectEncodingFromByteOrderMarks: false);
            return new PolicyFile(name, await reader.ReadToEndAsync(cancellation), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new PolicyFile(name, null, unreadable.Message);
        }
        catch (DecoderFallbackException)
        {
            return new PolicyFile(name, null, "it is not UTF-8 text.");
        }
    }

    /// <summary>Says that it could not be read.</summary>
    public int Fail(CommandSetting setting)
    {
        setting.Terminal.WriteError($"{TerminalText.Escape(Name)} cannot be read: {TerminalText.Escape(Error)}");
        return ExitCodes.Refused;
    }

    /// <summary>Writes the faults as compilers do, for editors to jump to.</summary>
    public void WriteFaults(CommandSetting setting, IEnumerable<PolicyFault> faults)
    {
        foreach (PolicyFault fault in faults)
            setting.Terminal.WriteLine(TerminalText.Escape(PolicyReadResult.Format(Name, fault)));
    }
}
