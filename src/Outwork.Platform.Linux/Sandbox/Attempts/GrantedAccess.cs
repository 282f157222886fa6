namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>What a process may do with a file, or with a folder and everything in it.</summary>
[Flags]
internal enum GrantedAccess
{
    None = 0,

    /// <summary>To open it for reading, and to list it.</summary>
    Read = 1,

    /// <summary>To change it, and to make and remove what is in it.</summary>
    Write = 2,

    /// <summary>To run it.</summary>
    Execute = 4,
}
