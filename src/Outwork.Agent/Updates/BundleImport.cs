using System.Formats.Tar;
using Outwork.Content.Mirrors;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>
/// Takes a bundle: a repository's published folder in one tar archive. It comes in pieces over the control socket, is unpacked into a folder and
/// asked like any repository: what is in it is believed for its signatures alone. One import at a time.
/// </summary>
internal sealed class BundleImport : IDisposable
{
    private const int MostFiles = 100_000;

    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly string _directory;
    private readonly UpdateService _updates;
    private readonly TimeProvider _time;
    private readonly ITimer _forget;

    /// <param name="directory">The agent's folder. What an import left there that was not ended goes.</param>
    /// <param name="updates">Asks it.</param>
    /// <param name="time">For time-outs.</param>
    public BundleImport(string directory, UpdateService updates, TimeProvider time)
    {
        (_directory, _updates, _time) = (directory, updates, time);
        _forget = time.CreateTimer(_ => Forget(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        TryClear();
    }

    private string Folder => Path.Join(_directory, "import");

    private string Archive => Path.Join(Folder, "bundle.tar");

    /// <summary>Takes a piece; after the last one the bundle is asked.</summary>
    public async Task<ControlResponse> TakeAsync(ControlRequest request, CancellationToken cancellation)
    {
        if (request.Piece is not { Length: <= ControlLimits.MaximumImportPiece } piece || request.Offset < 0 || request.Offset + piece.Length > ControlLimits.MaximumBundle)
            return Refuse(ControlCodes.BadRequest, "content-import needs a piece of a bundle that is not too long.");
        await _one.WaitAsync(cancellation);
        try
        {
            ControlResponse response = await TakeAsync(piece, request.Offset, request.Last, cancellation);
            _ = _forget.Change(Directory.Exists(Folder) ? Forgotten : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return response;
        }
        catch (OperationCanceledException)
        {
            TryClear();
            throw;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            TryClear();
            return Refuse(ControlCodes.BundleInvalid, $"The bundle could not be kept: {failed.Message}");
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forget.Dispose();
        _one.Dispose();
    }

    private static ControlResponse Refuse(string code, string error) => new() { Ok = false, Code = code, Error = error };

    private async Task<ControlResponse> TakeAsync(byte[] piece, long offset, bool isLast, CancellationToken cancellation)
    {
        if (offset == 0)
            Clear();
        _ = Directory.CreateDirectory(Folder);
        await using (var archive = new FileStream(Archive, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
        {
            if (archive.Length != offset)
                return Refuse(ControlCodes.BadRequest, $"The next piece begins at {archive.Length}, not at {offset}; another import may have begun. Import it again.");
            archive.Position = offset;
            await archive.WriteAsync(piece, cancellation);
        }

        if (!isLast)
            return new ControlResponse { Ok = true };
        string unpacked = Path.Join(Folder, "repository");
        if (await UnpackAsync(unpacked, cancellation) is { } fault)
        {
            Clear();
            return Refuse(ControlCodes.BundleInvalid, $"{fault} A bundle is a tar archive of a published repository: tar -cf bundle.tar -C REPOSITORY/public .");
        }

        (string? code, string text) = await _updates.ImportAsync(
            new FolderMirror(Path.Join(unpacked, "metadata"), Path.Join(unpacked, "targets"), new MirrorOptions(), _time), cancellation);
        Clear();
        return code is null ? new ControlResponse { Ok = true, Text = text } : Refuse(code, text);
    }

    // Null when it was unpacked; else what is wrong with it.
    private async Task<string?> UnpackAsync(string target, CancellationToken cancellation)
    {
        long left = ControlLimits.MaximumBundle;
        int files = 0;
        try
        {
            await using FileStream archive = File.OpenRead(Archive);
            await using var reader = new TarReader(archive);
            while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
                    continue;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                    return $"{entry.Name} is no regular file.";
                if (++files > MostFiles || (left -= entry.Length) < 0)
                    return "It unpacks to more than a bundle may.";
                if (PathOf(entry.Name) is not { } name)
                    return $"{entry.Name} is not of a repository: there are metadata and targets, and nothing outside of them.";
                string path = Path.Join(target, name);
                _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using FileStream file = File.Create(path);
                if (entry.DataStream is { } data)
                    await data.CopyToAsync(file, cancellation);
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or FormatException or EndOfStreamException)
        {
            return $"It is no tar archive ({broken.Message}).";
        }

        return files == 0 ? "There is nothing in it." : null;
    }

    private static string? PathOf(string name)
    {
        string[] parts = (name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name).Split('/');
        return parts.Length > 1 && parts[0] is "metadata" or "targets"
            && !parts.Any(static part => part is "" or "." or ".." || part.Contains('\0'))
            ? string.Join('/', parts) : null;
    }

    // Whoever sent the pieces has gone.
    private void Forget()
    {
        try
        {
            if (!_one.Wait(TimeSpan.Zero))
                return;
            TryClear();
            _ = _one.Release();
        }
        catch (ObjectDisposedException)
        {
            // The agent ends; the next one begins with it.
        }
    }

    private void TryClear()
    {
        try
        {
            Clear();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // The next import begins with it.
        }
    }

    private void Clear()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
