using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>What a confined process gets; everything else is taken away.</summary>
public sealed record ConfinementSpec
{
    /// <summary>User it runs as; never 0.</summary>
    public required uint UserId { get; init; }

    /// <summary>Group it runs as; never 0, and no further groups.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Where its view of the files is put together.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The installed programs, read-only.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>Absolute path of the program, as it is outside.</summary>
    public required string Program { get; init; }

    /// <summary>The runtime, read-only.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>Its content, read-only; or null.</summary>
    public string? ContentDirectory { get; init; }

    /// <summary>Its packaged content, read-only; or null.</summary>
    public string? PackagedDirectory { get; init; }

    /// <summary>The packaged content of all products, which it may write; or null.</summary>
    public string? PackagesDirectory { get; init; }

    /// <summary>Absolute path of the folder with the administrator's file on updates; null for none.</summary>
    public string? UpdatesDirectory { get; init; }

    /// <summary>
    /// A file of which it gets a copy that it can read, even when only root may read the file; or null. A file that is gone by now is
    /// left out.
    /// </summary>
    public string? PolicyFile { get; init; }

    /// <summary>A folder that it may write; or null.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>A file with a file system that it may write, in place of <see cref="StateDirectory"/>; or null.</summary>
    public string? DataImage { get; init; }

    /// <summary>Bytes of a folder in memory that it may write and that ends with it, in place of <see cref="StateDirectory"/>; or null.</summary>
    public ulong? ScratchBytes { get; init; }

    /// <summary>Whether it may use the machine's network; else it has one of its own, with nothing in it.</summary>
    public bool Network { get; init; }

    /// <summary>
    /// Whether it may open only what is listed here and what <see cref="Sandbox.SystemFolders"/> lists, and see only processes of its
    /// own; else whatever its user may.
    /// </summary>
    public bool RestrictFiles { get; init; }

    /// <summary>Whether it may also execute the system's programs (/usr/bin and the like).</summary>
    public bool SystemPrograms { get; init; }

    /// <summary>Further files and folders that it may read.</summary>
    public IReadOnlyList<string> ReadablePaths { get; init; } = [];

    /// <summary>The control groups that it joins; each limits something.</summary>
    public IReadOnlyList<string> ControlGroups { get; init; } = [];

    /// <summary>The most descriptors.</summary>
    public ulong MaximumDescriptors { get; init; } = 1024;

    /// <summary>The most threads, which count as processes of the user.</summary>
    public ulong MaximumThreads { get; init; } = 128;

    /// <summary>The most bytes of memory of its own for each process, where no control group limits it; or null.</summary>
    public ulong? MaximumData { get; init; }

    /// <summary>Whether it runs also when this kernel has no filter of system calls or no Landlock.</summary>
    public bool AllowWeaker { get; init; }

    /// <summary>
    /// A socket over which the descriptor goes that tells of refused system calls; null when nobody wants to know, and they just fail.
    /// </summary>
    public SafeFileHandle? Reporter { get; init; }

    /// <summary>The process that it ends with.</summary>
    public required int ParentProcessId { get; init; }
}
