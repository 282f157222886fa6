using Microsoft.Win32.SafeHandles;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial;

/// <summary>A question to ask in a trial: recorded, live, or about a protected file.</summary>
/// <param name="Recorded">Which file, and what was answered.</param>
/// <param name="IsProtected">The machine depends on the file, whichever it is by now.</param>
internal sealed record TrialQuestion(RecordedQuestion Recorded, bool IsProtected)
{
    /// <summary>Opens the file; null when it is another one by now or not to be opened.</summary>
    public RecordedFile? Open()
    {
        RecordedFile? file = RecordedFile.Open(Recorded.Path);
        if (file is null || IsProtected)
            return file;
        FileIdentity now = file.Identity;
        if (now.Device == Recorded.Device && now.Inode == Recorded.Inode && now.Size == Recorded.Size && now.ModifiedNs == Recorded.ModifiedNs)
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>What the product is asked.</summary>
    public AuthQuestion Ask(RecordedFile file, (string Executable, int Pid) by) => new()
    {
        RequestId = 0,
        DeadlineNs = 0,
        Kind = Recorded.Kind,
        Via = Recorded.Via,
        File = file.Identity,
        FileMode = file.Mode,
        FileOwner = file.Owner,
        Path = Recorded.Path,
        Pid = by.Pid,
        Executable = by.Executable,
    };

    /// <summary>About a protected file, of the kind that the product takes: in every way in which its code runs.</summary>
    public static IEnumerable<TrialQuestion> Protected(string path, EventKind kind)
    {
        if (kind == EventKind.Exec && ProtectedFiles.IsLibrary(path))
            yield return Protected(path, kind, ExecVia.Library);
        yield return Protected(path, kind, kind == EventKind.Exec ? ExecVia.Direct : ExecVia.None);
    }

    private static TrialQuestion Protected(string path, EventKind kind, ExecVia via) => new(new RecordedQuestion { Kind = kind, Via = via, Path = path }, IsProtected: true);
}
