using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>What the file system says of the file in question.</summary>
/// <param name="Identity">Names its content.</param>
/// <param name="Mode">Type and permission bits (POSIX st_mode).</param>
/// <param name="Owner">User id of the owner.</param>
/// <param name="IsForeign">True when it was reached through a mount that only the process that asks, and those beside it, see.</param>
public readonly record struct FileFacts(FileIdentity Identity, uint Mode, uint Owner, bool IsForeign = false)
{
    private const uint TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>True when it has content: it is no pipe and no device.</summary>
    public bool HasContent => (Mode & TypeMask) == Regular;

    /// <summary>True when only the superuser can write, so that only it can also move the file to another path unseen.</summary>
    public bool IsSystemOwned => Owner == 0 && (Mode & 0b010_010) == 0;

    /// <summary>
    /// True when its path proves nothing: whoever may make a mount namespace of their own can give any file any path there. A file that
    /// only the superuser can write keeps its path, since services have namespaces of their own too.
    /// </summary>
    public bool HasClaimedPath => IsForeign && !IsSystemOwned;
}

/// <summary>What the first bytes of a file say it is.</summary>
public enum ContentClass
{
    /// <summary>Could not be read now without waiting.</summary>
    Unknown,

    /// <summary>Nothing in it.</summary>
    Empty,

    /// <summary>An image that a loader maps executable.</summary>
    Image,

    /// <summary>Begins with an interpreter line.</summary>
    Script,

    /// <summary>Anything else.</summary>
    Data,
}
