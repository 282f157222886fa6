using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Tests.Verdicts.Support;

/// <summary>A file of the <see cref="FakeAuthSource"/>.</summary>
internal sealed class FakeFile(ulong inode, string path)
{
    private const uint Regular = 0x8000, Pipe = 0x1000;

    public string Path { get; set; } = path;

    public uint Owner { get; init; }

    public ContentClass Content { get; init; } = ContentClass.Image;

    /// <summary>True when the first bytes are not in memory, so that a worker has to read them.</summary>
    public bool IsCold { get; init; }

    /// <summary>True when it is reached through a mount of others.</summary>
    public bool IsForeign { get; set; }

    public bool IsPipe { get; init; }

    public bool IsUnreadable { get; set; }

    public bool HasWriter { get; set; }

    public long ChangedNs { get; set; }

    public int Version { get; set; }

    public FileIdentity Identity => new(7, inode, 100, ChangedNs, ChangedNs + Version);

    public FileFacts Facts => new(Identity, (IsPipe ? Pipe : Regular) | 0b111_101_101, Owner, IsForeign);

    /// <summary>Stands for the content's hash: it differs with each version.</summary>
    public byte[] Sha256
    {
        get
        {
            byte[] hash = new byte[32];
            (hash[0], hash[1]) = ((byte)inode, (byte)Version);
            return hash;
        }
    }
}
