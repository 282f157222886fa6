using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox.Attempts;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// Which files a process may open, and how, for good (Landlock, landlock(7)): what is not added is refused. Restricts on top of
/// owners and modes, and never beyond them. Descriptors that are open already are not touched.
/// </summary>
public sealed unsafe class FileAccessRules : IDisposable
{
    private const ulong FileRights =
        Interop.LANDLOCK_ACCESS_FS_EXECUTE | Interop.LANDLOCK_ACCESS_FS_WRITE_FILE | Interop.LANDLOCK_ACCESS_FS_READ_FILE |
        Interop.LANDLOCK_ACCESS_FS_TRUNCATE | Interop.LANDLOCK_ACCESS_FS_IOCTL_DEV;

    private const ulong Read = Interop.LANDLOCK_ACCESS_FS_READ_FILE | Interop.LANDLOCK_ACCESS_FS_READ_DIR;

    private readonly SafeFileHandle _ruleset;
    private readonly ulong _handled;

    private FileAccessRules(SafeFileHandle ruleset, ulong handled)
    {
        _ruleset = ruleset;
        _handled = handled;
    }

    /// <summary>The version of the kernel's interface; 0 where it has none or it is switched off.</summary>
    public static int Version { get; } = (int)Math.Max(
        0, Interop.landlock_create_ruleset(Interop.SYS_landlock_create_ruleset, null, 0, Interop.LANDLOCK_CREATE_RULESET_VERSION));

    /// <summary>
    /// An empty set of rules. Where the kernel can, it also keeps the process from signalling processes outside, from their abstract
    /// Unix sockets, and, without the network, from TCP.
    /// </summary>
    /// <exception cref="LinuxException">The kernel has no Landlock.</exception>
    public static FileAccessRules Create(bool network)
    {
        ulong handled = HandledBy(Version);
        var attributes = new Interop.landlock_ruleset_attr { handled_access_fs = handled };
        if (Version >= 4 && !network)
            attributes.handled_access_net = Interop.LANDLOCK_ACCESS_NET_BIND_TCP | Interop.LANDLOCK_ACCESS_NET_CONNECT_TCP;
        if (Version >= 6)
            attributes.scoped = Interop.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | Interop.LANDLOCK_SCOPE_SIGNAL;

        // A kernel takes a longer structure than its own when the rest is zero, as it is.
        nint ruleset = Interop.landlock_create_ruleset(
            Interop.SYS_landlock_create_ruleset, &attributes, (nuint)sizeof(Interop.landlock_ruleset_attr), 0);
        return ruleset < 0
            ? throw LinuxException.Last("landlock_create_ruleset")
            : new FileAccessRules(new SafeFileHandle(ruleset, ownsHandle: true), handled);
    }

    /// <summary>What was allowed so far.</summary>
    internal FileGrants Grants { get; } = new();

    /// <summary>A file, or a folder with everything in it, may be read. One that does not exist is left out.</summary>
    public void AllowReading(string path) => Allow(path, Read, GrantedAccess.Read);

    /// <summary>It may be read and executed.</summary>
    public void AllowExecution(string path) =>
        Allow(path, Read | Interop.LANDLOCK_ACCESS_FS_EXECUTE, GrantedAccess.Read | GrantedAccess.Execute);

    /// <summary>It may be read and written, and in a folder everything may be made and removed but device nodes.</summary>
    public void AllowWriting(string path) => Allow(
        path,
        HandledBy(int.MaxValue) & ~(Interop.LANDLOCK_ACCESS_FS_EXECUTE | Interop.LANDLOCK_ACCESS_FS_IOCTL_DEV |
            Interop.LANDLOCK_ACCESS_FS_MAKE_CHAR | Interop.LANDLOCK_ACCESS_FS_MAKE_BLOCK),
        GrantedAccess.Read | GrantedAccess.Write);

    /// <summary>Puts the rules on the calling thread and its children. It needs no_new_privs.</summary>
    public void Apply()
    {
        if (Interop.landlock_restrict_self(Interop.SYS_landlock_restrict_self, _ruleset, 0) != 0)
            throw LinuxException.Last("landlock_restrict_self");
    }

    /// <inheritdoc/>
    public void Dispose() => _ruleset.Dispose();

    // Version 1 has the first 13 rights; linux/landlock.h says which came later.
    private static ulong HandledBy(int version) =>
        (Interop.LANDLOCK_ACCESS_FS_REFER - 1) |
        (version >= 2 ? Interop.LANDLOCK_ACCESS_FS_REFER : 0) |
        (version >= 3 ? Interop.LANDLOCK_ACCESS_FS_TRUNCATE : 0) |
        (version >= 5 ? Interop.LANDLOCK_ACCESS_FS_IOCTL_DEV : 0);

    private void Allow(string path, ulong rights, GrantedAccess access)
    {
        using SafeFileHandle file = Interop.open(path, Interop.O_PATH | Interop.O_CLOEXEC, 0);
        if (file.IsInvalid)
        {
            LinuxException failed = LinuxException.Last($"open({path})");
            if (failed.Errno is Interop.ENOENT)
                return;
            throw failed;
        }

        rights &= _handled;
        if (!Directory.Exists(path))
            rights &= FileRights;
        var rule = new Interop.landlock_path_beneath_attr { allowed_access = rights, parent_fd = (int)file.DangerousGetHandle() };
        if (Interop.landlock_add_rule(Interop.SYS_landlock_add_rule, _ruleset, Interop.LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
            throw LinuxException.Last($"landlock_add_rule({path})");
        Grants.Add(BytePath.Normalise(BytePath.FromText(path)), access);

        // The rule is for where the links end.
        if (DescriptorLink.Read($"/proc/self/fd/{file.DangerousGetHandle()}") is { } real)
            Grants.Add(real, access);
    }
}
