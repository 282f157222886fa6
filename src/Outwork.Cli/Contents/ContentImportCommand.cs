using System.CommandLine;
using Outwork.Cli.Control;
using Outwork.Cli.Help;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Contents;

/// <summary><c>outwork content import BUNDLE</c>: gives the agent a bundle piece by piece; nothing in it is believed for coming from here.</summary>
internal static class ContentImportCommand
{
    private const string StandardInput = "-";
    private const int PieceBytes = 1024 * 1024;

    public static Command Create(CommandSetting setting)
    {
        Argument<string> bundle = new Argument<string>("BUNDLE") { Description = "A tar archive of a published repository: tar -cf BUNDLE -C REPOSITORY/public . (- reads standard input)" }.NotEmpty();
        var command = new ExplainedCommand("import", "Take content from a bundle instead of the network, verified in the same way.", bundle, setting.Json)
        {
            Examples = ["sudo outwork content import /media/stick/bundle.tar"],
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            ControlResponse response = await SendAsync(setting.Connect(parsed), parsed.GetValue(bundle)!, cancellation);
            return setting.Tell(
                response, parsed.GetValue(setting.Json), static response => response, ControlJsonContext.Default.ControlResponse,
                done => setting.Terminal.WriteLine(TerminalText.EscapeLines(done.Text ?? "Done.")));
        });
        return command;
    }

    private static async Task<ControlResponse> SendAsync(ControlClient client, string path, CancellationToken cancellation)
    {
        try
        {
            await using Stream file = path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            byte[] piece = new byte[PieceBytes], ahead = new byte[PieceBytes];
            int length = await ReadAsync(file, piece, cancellation);
            for (long offset = 0; ; offset += PieceBytes)
            {
                // One piece ahead: a pipe does not say how long it is.
                int next = length == PieceBytes ? await ReadAsync(file, ahead, cancellation) : 0;
                var request = new ControlRequest { Operation = ControlOperations.ContentImport, Piece = piece[..length], Offset = offset, Last = next == 0 };
                // The last is answered when all of it was unpacked and verified.
                ControlResponse response = await client.SendAsync(request, next == 0 ? Timeout.InfiniteTimeSpan : ControlClient.Patience, cancellation);
                if (!response.Ok || next == 0)
                    return response;
                (piece, ahead, length) = (ahead, piece, next);
            }
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            return new ControlResponse { Ok = false, Code = ControlCodes.NotFound, Error = $"{path} is a folder. Make a bundle of it: tar -cf bundle.tar -C {path} ." };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new ControlResponse { Ok = false, Code = ControlCodes.NotFound, Error = unreadable.Message };
        }
    }

    private static ValueTask<int> ReadAsync(Stream file, byte[] piece, CancellationToken cancellation) =>
        file.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellation);
}
