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

    /// <summary>
    /// A file of which it gets a copy that it can read, even when only root may read the file; or null. A file that is gone by now is
    /// left out.
    /// </summary>
    public string? PolicyFile { get; init; }

    /// <summary>A folder that it may write; or null.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The process that it ends with.</summary>
    public required int ParentProcessId { get; init; }
}
