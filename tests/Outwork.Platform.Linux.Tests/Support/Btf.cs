using System.Buffers.Binary;
using System.Text;

namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>The structs in the BTF of an ELF object: name, size, and each member's offset in bytes.</summary>
internal sealed class Btf
{
    private readonly Dictionary<string, BtfStruct> _structs = [];

    public Btf(byte[] elf)
    {
        ReadOnlySpan<byte> section = FindSection(elf, ".BTF");
        Assert.Equal(0xeb9f, BinaryPrimitives.ReadUInt16LittleEndian(section));
        int header = U32(section, 4);
        ReadOnlySpan<byte> types = section.Slice(header + U32(section, 8), U32(section, 12));
        ReadOnlySpan<byte> strings = section.Slice(header + U32(section, 16), U32(section, 20));
        while (!types.IsEmpty)
        {
            int info = U32(types, 4);
            int kind = (info >> 24) & 0x1f;
            int count = info & 0xffff;
            ReadOnlySpan<byte> extra = types[12..];
            if (kind == 4)
            {
                Dictionary<string, int> members = [];
                for (int i = 0; i < count; i++)
                    members[Name(strings, U32(extra, i * 12))] = (U32(extra, (i * 12) + 8) & 0xffffff) / 8;
                _structs[Name(strings, U32(types, 0))] = new BtfStruct(U32(types, 8), members);
            }
            types = extra[ExtraBytes(kind, count)..];
        }
    }

    public BtfStruct this[string name] => _structs[name];

    private static int ExtraBytes(int kind, int count) => kind switch
    {
        1 or 14 or 17 => 4,
        3 => 12,
        4 or 5 or 15 or 19 => 12 * count,
        6 or 13 => 8 * count,
        _ => 0,
    };

    private static ReadOnlySpan<byte> FindSection(byte[] elf, string wanted)
    {
        long table = BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(40));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(58));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(60));
        int names = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(62));
        ReadOnlySpan<byte> nameTable = Section(elf, (int)table + (names * size));
        for (int i = 0; i < count; i++)
        {
            int at = (int)table + (i * size);
            if (Name(nameTable, U32(elf, at)) == wanted)
                return Section(elf, at);
        }
        throw new InvalidDataException($"no section {wanted}");
    }

    private static ReadOnlySpan<byte> Section(byte[] elf, int header) => elf.AsSpan(
        (int)BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(header + 24)),
        (int)BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(header + 32)));

    private static int U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);

    private static string Name(ReadOnlySpan<byte> strings, int at)
    {
        ReadOnlySpan<byte> rest = strings[at..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}

internal sealed record BtfStruct(int Size, Dictionary<string, int> Members);
