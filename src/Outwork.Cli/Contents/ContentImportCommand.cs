using System.CommandLine;
using Outwork.Cli.Control;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content import BUNDLE</c>: gives the agent a bundle piece by piece; nothing in it is believed for coming from here.</summary>
internal static class ContentImportCommand
{
    private const int PieceBytes = 1024 * 1024;

    public static Command Create(CommandSetting setting)
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "A tar archive of a published repository: tar -cf BUNDLE -C REPOSITORY ." };
        var command = new ExplainedCommand("import", "Take content from a bundle instead of the network, verified in the same way.")
        {
            Examples = ["sudo outwork content import /media/stick/bundle.tar"],
        };
        command.Arguments.Add(bundle);
        command.Options.Add(setting.Json);
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(setting.Json);
            ControlResponse response = await SendAsync(setting.Connect(parsed), parsed.GetValue(bundle)!, cancellation);
            if (!response.Ok)
                return setting.Fail(response, json);
            if (json)
                JsonOutput.WriteDocument(setting.Terminal, response, ControlJsonContext.Default.ControlResponse);
            else
                setting.Terminal.WriteLine(TerminalText.EscapeLines(response.Text ?? "Done."));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<ControlResponse> SendAsync(ControlClient client, string path, CancellationToken cancellation)
    {
        try
        {
            await using FileStream file = File.OpenRead(path);
            byte[] piece = new byte[PieceBytes];
            long offset = 0;
            while (true)
            {
                int read = await file.ReadAtLeastAsync(piece, PieceBytes, throwOnEndOfStream: false, cancellation);
                bool last = offset + read >= file.Length;
                ControlResponse response = await client.SendAsync(
                    new ControlRequest { Operation = ControlOperations.ContentImport, Piece = piece[..read], Offset = offset, Last = last }, cancellation);
                if (!response.Ok || last)
                    return response;
                offset += read;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new ControlResponse { Ok = false, Code = ControlCodes.NotFound, Error = unreadable.Message };
        }
    }
}
