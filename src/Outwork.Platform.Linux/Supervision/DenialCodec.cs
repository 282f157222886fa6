using System.Buffers.Binary;
using System.Text;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// A <see cref="RememberedDenial"/> as bytes, little-endian: the identity (40 bytes), u64 decision, u64 print of the policy, u16 via,
/// u16 judges, u16 length of the path, u16 zero, the path, and for each judge u64 print, u16 length of its name, the name.
/// </summary>
internal static class DenialCodec
{
    private const int FixedLength = 64, MaxJudges = 8;

    /// <summary>Writes it; false when it does not fit.</summary>
    public static bool TryEncode(RememberedDenial denial, Span<byte> destination, out int length)
    {
        length = FixedLength + Encoding.UTF8.GetByteCount(denial.Path);
        foreach (JudgePrint judge in denial.Judges)
            length += sizeof(ulong) + sizeof(ushort) + Encoding.UTF8.GetByteCount(judge.Product);
        if (length > destination.Length || denial.Judges.Count > MaxJudges)
            return false;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, denial.Identity.Device);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], denial.Identity.Inode);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], denial.Identity.Size);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], denial.Identity.ModifiedNs);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], denial.Identity.ChangedNs);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], denial.DecisionId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], denial.PolicyPrint);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[56..], (ushort)denial.Via);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[58..], (ushort)denial.Judges.Count);
        int path = Encoding.UTF8.GetBytes(denial.Path, destination[FixedLength..]);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[60..], (ushort)path);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[62..], 0);
        Span<byte> rest = destination[(FixedLength + path)..];
        foreach (JudgePrint judge in denial.Judges)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, judge.Print);
            int name = Encoding.UTF8.GetBytes(judge.Product, rest[10..]);
            BinaryPrimitives.WriteUInt16LittleEndian(rest[8..], (ushort)name);
            rest = rest[(10 + name)..];
        }
        return true;
    }

    /// <summary>Reads it; false when the bytes are none.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, out RememberedDenial? denial)
    {
        denial = null;
        if (source.Length < FixedLength)
            return false;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(source[58..]), path = BinaryPrimitives.ReadUInt16LittleEndian(source[60..]);
        if (count > MaxJudges || path > source.Length - FixedLength)
            return false;
        var judges = new JudgePrint[count];
        ReadOnlySpan<byte> rest = source[(FixedLength + path)..];
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < 10 || BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]) is var name && name > rest.Length - 10)
                return false;
            judges[i] = new JudgePrint(Encoding.UTF8.GetString(rest.Slice(10, name)), BinaryPrimitives.ReadUInt64LittleEndian(rest));
            rest = rest[(10 + name)..];
        }
        denial = new RememberedDenial(
            new FileIdentity(
                BinaryPrimitives.ReadUInt64LittleEndian(source),
                BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(source[32..])),
            Encoding.UTF8.GetString(source.Slice(FixedLength, path)),
            (ExecVia)BinaryPrimitives.ReadUInt16LittleEndian(source[56..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[48..]),
            judges);
        return true;
    }
}
