namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>What a system call does with the file that its path names.</summary>
internal enum FileOperation
{
    /// <summary>Opens it, as its flags say.</summary>
    Open,

    /// <summary>Opens it, as the structure says that its flags point to (openat2).</summary>
    OpenHow,

    /// <summary>Makes or empties it (creat).</summary>
    Create,

    /// <summary>Makes a name that is not there yet.</summary>
    Make,

    /// <summary>Makes a name for what the mode says, perhaps a device.</summary>
    MakeNode,

    /// <summary>Takes a name away.</summary>
    Remove,

    /// <summary>Takes one name away and makes the second.</summary>
    Rename,

    /// <summary>Gives a file a second name.</summary>
    Link,

    /// <summary>Makes a symbolic link (the second path) that leads to the first, which is not looked up.</summary>
    Symlink,

    /// <summary>Changes its content or attributes.</summary>
    Change,

    /// <summary>The same, of a symbolic link itself.</summary>
    ChangeLink,

    /// <summary>Runs it.</summary>
    Execute,
}
