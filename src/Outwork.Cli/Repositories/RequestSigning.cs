using System.CommandLine;
using Outwork.Cli.Output;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;

namespace Outwork.Cli.Repositories;

/// <summary>
/// The other machine's half of a signing ceremony: shows what is asked for, asks whether it is meant, and only then decrypts a key. The machine
/// that asks may not be the owner's any more.
/// </summary>
internal sealed class RequestSigning(RepositorySetting shared, Option<string?> role)
{
    public Option<string?> Request { get; } =
        new Option<string?>("--request") { Description = "On the other machine: show what this file asks for, and with --key and --output sign it; needs no repository.", HelpName = "FILE" }.NotEmpty();

    public Option<string?> Output { get; } = new Option<string?>("--output") { Description = "On the other machine: where the signatures go.", HelpName = "FILE" }.NotEmpty();

    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "On the other machine: sign without asking; needed where nobody can be asked." };

    public RepositoryReport Run(ParseResult parsed, string request)
    {
        if (SigningRequest.Read(File.ReadAllText(request)) is not { } roles)
            return Refused(DraftFaultCode.BadFile, $"{request} asks for no signatures, or for some that no client would take", "Name the file that the repository's machine wrote: outwork repo sign --export FILE");
        if (parsed.GetValue(role) is { } wanted)
            roles = [.. roles.Where(asked => asked.Role.Name == wanted)];
        if (roles.Count == 0)
            return Refused(DraftFaultCode.UnknownRole, $"{request} does not ask for this role", "See what it asks for: outwork repo sign --request FILE");
        string[] shown = [.. roles.SelectMany(Describe)];
        if (parsed.GetValue(Output) is not { } output)
            return new RepositoryReport { Ok = true, Done = shown };
        Show(parsed, shown);
        if (!parsed.GetValue(Yes) && !IsConfirmed(parsed.GetValue(shared.Keys)!))
            return Refused(DraftFaultCode.NotConfirmed, "nothing was signed", "Compare the digests with those that the repository's machine shows (outwork repo check); then say y, or give --yes where nobody can be asked.");
        if (KeyLoading.ReadPrivate(parsed, shared.Passphrases, parsed.GetValue(shared.Keys)!, out DraftFault? fault) is not { } keys)
            return RepositoryReport.Refused(fault!);
        var made = new List<BroughtSignature>();
        try
        {
            foreach (SigningKey key in keys)
                made.AddRange(SigningRequest.Sign(roles, key));
        }
        finally
        {
            keys.ForEach(static key => key.Dispose());
        }

        if (made.Count == 0)
            return Refused(DraftFaultCode.NothingToSign, "no role of the request lists these keys", "See which keys it lists: outwork repo sign --request FILE");
        File.WriteAllText(output, SigningRequest.WriteSignatures(made));
        IEnumerable<string> signed = made.Select(static signature => $"Signed {signature.Role} with {TrustKey.Short(signature.KeyId)}.");
        return new RepositoryReport { Ok = true, Done = [.. parsed.GetValue(shared.Command.Json) ? shown : [], .. signed, $"Wrote {output}."] };
    }

    private static IEnumerable<string> Describe(RequestedRole asked) =>
        asked.Summary.Select(static line => "  " + line).Prepend($"{asked.Role.Name}, to be signed by {string.Join(' ', asked.Keys.Keys.Select(TrustKey.Short))}:");

    // Before any key is decrypted. With --json the output is for the report alone.
    private void Show(ParseResult parsed, string[] lines)
    {
        TextWriter writer = parsed.GetValue(shared.Command.Json) ? shared.Command.Terminal.Error : shared.Command.Terminal.Output;
        foreach (string line in lines)
            writer.WriteLine(TerminalText.Escape(line));
        writer.Flush();
    }

    private bool IsConfirmed(string[] keys)
    {
        if (Console.IsInputRedirected)
            return false;
        shared.Command.Terminal.Error.Write($"Sign this with {TerminalText.Escape(string.Join(", ", keys))}? [y/N] ");
        return Console.ReadLine() is { } answer && answer.Trim() is "y" or "Y" or "yes";
    }

    private static RepositoryReport Refused(DraftFaultCode code, string what, string advice) => RepositoryReport.Refused(new DraftFault(code, what, advice));
}
