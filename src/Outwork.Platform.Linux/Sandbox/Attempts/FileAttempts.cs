using System.Globalization;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// Finds, among the calls that a confined process makes with paths, those that its rules or a file's mode refuse. It only tells: each call
/// goes on to the kernel, which refuses by its own reading of the arguments, so that a caller who changes them meanwhile gains nothing
/// but a wrong report. A file that is not there is nobody's secret: asking for it is not told. What cannot be found out without waiting is.
/// One thread.
/// </summary>
/// <param name="view">The files as the caller sees them.</param>
/// <param name="grants">Its rules.</param>
/// <param name="user">The confined process's user, and its group.</param>
internal sealed unsafe class FileAttempts(ConfinedView view, FileGrants grants, uint user) : IDisposable
{
    public void Dispose() => view.Dispose();

    /// <summary>What the call reaches for in vain, for people; null when it is granted, or there is nothing to reach.</summary>
    public string? Find(FileCall form, in Interop.seccomp_data call, int thread)
    {
        if (ReadPath(form.Path, form.Directory, call, thread) is not { } path)
            return null;
        int flags = form.Flags < 0 ? 0 : (int)call.args[form.Flags];
        bool noFollow = (flags & Interop.AT_SYMLINK_NOFOLLOW) != 0;
        return form.Operation switch
        {
            FileOperation.Open => Open(path, flags, thread),
            FileOperation.OpenHow => OpenHow(path, call.args[form.Flags], thread),
            FileOperation.Create => Open(path, Interop.O_WRONLY | Interop.O_CREAT | Interop.O_TRUNC, thread),
            FileOperation.Make => Entry(path, Existence.Missing, thread),
            FileOperation.MakeNode => Node(path, (uint)flags, thread),
            FileOperation.Remove => Entry(path, Existence.Present, thread),
            FileOperation.Rename => Entry(path, Existence.Present, thread) ?? Second(form, call, thread),
            FileOperation.Link => Existing(path, GrantedAccess.Read, follow: false, thread) ?? Second(form, call, thread),
            FileOperation.Symlink => Symlink(form, call, thread),
            FileOperation.Change => Existing(path, GrantedAccess.Write, !noFollow, thread),
            FileOperation.ChangeLink => Existing(path, GrantedAccess.Write, follow: false, thread),
            _ => Existing(path, GrantedAccess.Execute, !noFollow, thread),
        };
    }

    private string? OpenHow(string path, ulong address, int thread)
    {
        ulong flags;
        return CallerMemory.TryRead(thread, address, &flags, sizeof(ulong)) ? Open(path, (int)flags, thread) : null;
    }

    private string? Open(string path, int flags, int thread)
    {
        // It opens nothing: Landlock lets it pass, and so does the mode.
        if ((flags & Interop.O_PATH) != 0)
            return null;
        GrantedAccess needed = (flags & Interop.O_ACCMODE) switch
        {
            Interop.O_RDONLY => GrantedAccess.Read,
            Interop.O_WRONLY => GrantedAccess.Write,
            _ => GrantedAccess.Read | GrantedAccess.Write,
        };
        if ((flags & (Interop.O_TRUNC | Interop.O_TMPFILE_BIT)) != 0)
            needed |= GrantedAccess.Write;
        bool creates = (flags & Interop.O_CREAT) != 0;
        bool follow = (flags & Interop.O_NOFOLLOW) == 0 && !(creates && (flags & Interop.O_EXCL) != 0);
        if (creates && Lookup(path, follow, thread) is { Existence: Existence.Missing })
            return Entry(path, Existence.Missing, thread);
        return Existing(path, needed, follow, thread);
    }

    // Something that is there, or perhaps there.
    private string? Existing(string path, GrantedAccess needed, bool follow, int thread)
    {
        if (Lookup(path, follow, thread) is not { Existence: not Existence.Missing } file)
            return null;
        bool refused = !grants.Cover(file.Path, needed) || IsRefusedByOwner(file, needed);
        return refused && !IsOwnThreadName(file) ? BytePath.ToText(file.Path) : null;
    }

    // A name in a folder: the folder's rule and mode decide.
    private string? Entry(string path, Existence wanted, int thread)
    {
        if (Lookup(path, follow: false, thread) is not { } entry || (entry.Existence != Existence.Unknown && entry.Existence != wanted))
            return null;
        if (Folder(path, thread) is not { } folder)
            return null;
        bool refused = !grants.Cover(folder.Path, GrantedAccess.Write) || IsRefusedByOwner(folder, GrantedAccess.Write);
        return refused ? BytePath.ToText(NameIn(folder, path)) : null;
    }

    // A device is a way around every file's mode; no rule lets one be made.
    private string? Node(string path, uint mode, int thread)
    {
        string? refused = Entry(path, Existence.Missing, thread);
        bool isDevice = (mode & Interop.S_IFMT) is Interop.S_IFCHR or Interop.S_IFBLK;
        return refused is null && isDevice && Folder(path, thread) is { } folder ? BytePath.ToText(NameIn(folder, path)) : refused;
    }

    // Whatever is there already: a rename replaces it, a link fails.
    private string? Second(FileCall form, in Interop.seccomp_data call, int thread)
    {
        if (ReadPath(form.SecondPath, form.SecondDirectory, call, thread) is not { } path || Folder(path, thread) is not { } folder)
            return null;
        bool refused = !grants.Cover(folder.Path, GrantedAccess.Write) || IsRefusedByOwner(folder, GrantedAccess.Write);
        return refused ? BytePath.ToText(NameIn(folder, path)) : null;
    }

    // What is opened by way of a link may not be seen any more, so the link is told when it is made, also if it leads nowhere yet.
    private string? Symlink(FileCall form, in Interop.seccomp_data call, int thread)
    {
        if (CallerMemory.ReadPath(thread, call.args[form.Path]) is not { Length: > 0 } target
            || ReadPath(form.SecondPath, form.SecondDirectory, call, thread) is not { } path)
            return null;
        if (Entry(path, Existence.Missing, thread) is { } refused)
            return refused;
        if (Folder(path, thread) is not { } folder)
            return null;
        string link = NameIn(folder, path);
        string from = target[0] == '/' ? target : folder.Path + "/" + target;
        return Lookup(from, follow: true, thread) is { } led && !grants.Cover(led.Path, GrantedAccess.Read)
            ? BytePath.ToText($"{led.Path} (as {link})")
            : null;
    }

    private string? ReadPath(int argument, int directory, in Interop.seccomp_data call, int thread)
    {
        // Without a path it is about a descriptor, which is open already.
        if (CallerMemory.ReadPath(thread, call.args[argument]) is not { Length: > 0 } path)
            return null;
        if (path[0] == '/')
            return path;
        int descriptor = directory < 0 ? Interop.AT_FDCWD : (int)call.args[directory];
        string start = string.Create(
            CultureInfo.InvariantCulture, $"/proc/{thread}/{(descriptor == Interop.AT_FDCWD ? "cwd" : $"fd/{descriptor}")}");
        return view.ReadLink(start) is ['/', ..] folder ? folder + "/" + path : null;
    }

    private FoundFile? Lookup(string path, bool follow, int thread)
    {
        string plain = BytePath.Normalise(path);
        if (MagicLinks.Expand(plain, follow, thread, view) is not { } meant)
            return null;

        // Only the kernel knows what is above a folder that a link led to; in /proc nobody makes links.
        FoundFile found = view.Find(meant == plain && path.Contains("/..", StringComparison.Ordinal) ? path : meant, follow, thread);
        if (found.Existence != Existence.Present)
            return found with { Path = meant };

        // A link to /proc/self led to us.
        return MagicLinks.ProcessOf(found.Path) == Environment.ProcessId && MagicLinks.ProcessOf(meant) != Environment.ProcessId ? null : found;
    }

    private FoundFile? Folder(string path, int thread)
    {
        string plain = BytePath.Normalise(path);
        FoundFile? folder = Lookup(plain[..Math.Max(1, plain.LastIndexOf('/'))], follow: true, thread);
        return folder is { Existence: Existence.Missing } ? null : folder;
    }

    private static string NameIn(FoundFile folder, string path)
    {
        string plain = BytePath.Normalise(path);
        return BytePath.Normalise(folder.Path + plain[plain.LastIndexOf('/')..]);
    }

    // The C library names another thread by writing to it (pthread_setname_np), as runtimes do with each of theirs, and goes on when it
    // cannot.
    private bool IsOwnThreadName(FoundFile file) =>
        file.Path.EndsWith("/comm", StringComparison.Ordinal) && MagicLinks.ProcessOf(file.Path) is > 0 and var process
        && Processes.ProcStatus.TryGetRealUser(process, out uint owner) && owner == user;

    // It has no further groups and no capability. In /proc the owner of the process decides: what is not its user's is hidden from it.
    private bool IsRefusedByOwner(FoundFile file, GrantedAccess needed)
    {
        if (file.Existence != Existence.Present)
            return false;
        if (MagicLinks.ProcessOf(file.Path) is > 0 and var process)
            return Processes.ProcStatus.TryGetRealUser(process, out uint owner) && owner != user;
        uint permissions = file.Owner == user ? file.Mode >> 6 : file.Mode;
        uint asked = ((needed & GrantedAccess.Read) != 0 ? 4u : 0) | ((needed & GrantedAccess.Write) != 0 ? 2u : 0) | ((needed & GrantedAccess.Execute) != 0 ? 1u : 0);
        return (asked & ~permissions & 7) != 0;
    }
}
