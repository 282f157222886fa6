namespace Outwork.Contracts.Events;

/// <summary>
/// Names one content of one file: where it is (device, inode) and which generation of it (size, modification and change
/// times in ns). A rewritten file has another identity.
/// </summary>
public readonly record struct FileIdentity(ulong Device, ulong Inode, ulong Size, long ModifiedNs, long ChangedNs)
{
    /// <summary>True when nothing is known of the file.</summary>
    public bool IsNone => Inode == 0 && Device == 0;
}
