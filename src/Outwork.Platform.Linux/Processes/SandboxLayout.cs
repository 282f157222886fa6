namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// Where a confined process finds what it may read. Each has its own, in a mount namespace of its own, so the paths are the
/// same for all and do not depend on where Outwork is installed.
/// </summary>
/// <param name="runDirectory">The run directory, e.g. /run/outwork.</param>
public sealed class SandboxLayout(string runDirectory)
{
    /// <summary>The mount point; an empty directory outside the namespace.</summary>
    public string Root { get; } = Path.Join(runDirectory, "private");

    /// <summary>The installed programs.</summary>
    public string Programs => Path.Join(Root, "bin");

    /// <summary>The folder of a program that is installed elsewhere.</summary>
    public string OtherProgram => Path.Join(Root, "program");

    /// <summary>The runtime.</summary>
    public string Runtime => Path.Join(Root, "dotnet");

    /// <summary>The product's content.</summary>
    public string Content => Path.Join(Root, "content");

    /// <summary>The product's packaged content: two slots, and the link to the one in force.</summary>
    public string Packaged => Path.Join(Root, "packaged");

    /// <summary>The packaged content of all products; the agent's alone, which writes it.</summary>
    public string Packages => Path.Join(Root, "packages");

    /// <summary>The folder with the administrator's file on updates, and what it names beside it; the agent's alone.</summary>
    public string Updates => Path.Join(Root, "updates");

    /// <summary>Holds the copy of the administrator's policy.</summary>
    public string Policy => Path.Join(Root, "policy");

    /// <summary>The one folder that the process may write.</summary>
    public string State => Path.Join(Root, "state");
}
