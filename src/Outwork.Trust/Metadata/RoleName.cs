namespace Outwork.Trust.Metadata;

/// <summary>Names of the top-level roles, and how a role's name becomes a file's.</summary>
public static class RoleName
{
    /// <summary>Says which keys the other roles have.</summary>
    public const string Root = "root";

    /// <summary>Says what the newest snapshot is.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>Says which versions of the targets roles belong together.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>Says which files there are, and to whom it delegates.</summary>
    public const string Targets = "targets";

    /// <summary>What follows the name in a file's name.</summary>
    public const string Extension = ".json";

    /// <summary>True for the four roles that the root itself names; no delegation may take such a name.</summary>
    public static bool IsTopLevel(string role) => role is Root or Timestamp or Snapshot or Targets;

    /// <summary>
    /// The name without version under which a role is kept: every character that could mean something in a path or an address is
    /// percent-encoded, so that no role's name leads out of a folder.
    /// </summary>
    public static string FileOf(string role) => Uri.EscapeDataString(role) + Extension;

    /// <summary>The name in a repository: with the version in front where files are never overwritten (specification 6.2).</summary>
    public static string FileOf(string role, long? version) => version is null ? FileOf(role) : $"{version}.{FileOf(role)}";
}
