using System.Buffers.Binary;
using System.Text;

namespace Outwork.Fuzz;

/// <summary>Changes inputs by a seeded source: bits, bytes, numbers at their edges, pieces moved, tokens, pieces of other inputs.</summary>
internal sealed class InputMutator(Random random, string[] tokens, int longest)
{
    private static readonly ulong[] Edges =
        [0, 1, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFF8, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, ulong.MaxValue];

    private readonly byte[][] _tokens = Array.ConvertAll(tokens, Encoding.UTF8.GetBytes);

    /// <summary>A changed copy.</summary>
    /// <param name="input">What is changed.</param>
    /// <param name="other">What a piece may be taken from.</param>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        byte[] changed = [.. input];
        for (int changes = 1 + random.Next(1 << random.Next(4)); changes > 0; changes--)
            changed = ChangeOnce(changed, other);
        return changed.Length <= longest ? changed : changed[..longest];
    }

    private byte[] ChangeOnce(byte[] input, byte[] other)
    {
        int at = random.Next(input.Length + 1);
        int length = Math.Min(random.Next(1, 1 << random.Next(1, 8)), input.Length - at);
        switch (random.Next(10))
        {
            case 0 when length > 0:
                input[at] ^= (byte)(1 << random.Next(8));
                return input;
            case 1 when length > 0:
                input[at] = (byte)random.Next(256);
                return input;
            case 2 when length > 0:
                WriteEdge(input.AsSpan(at));
                return input;
            case 3:
                return [.. input.AsSpan(0, at), .. input.AsSpan(at + length)];
            case 4:
                return [.. input.AsSpan(0, at + length), .. input.AsSpan(at)];
            case 5:
                return input[..at];
            case 6 when other.Length > 0:
                int from = random.Next(other.Length);
                return [.. input.AsSpan(0, at), .. other.AsSpan(from, Math.Min(random.Next(1, 1 + other.Length), other.Length - from)), .. input.AsSpan(at + length)];
            case 7 when length > 0:
                int target = random.Next(input.Length - length + 1);
                input.AsSpan(at, length).ToArray().CopyTo(input.AsSpan(target));
                return input;
            default:
                byte[] token = _tokens.Length == 0 ? [(byte)random.Next(256)] : _tokens[random.Next(_tokens.Length)];
                return [.. input.AsSpan(0, at), .. token, .. input.AsSpan(random.Next(2) == 0 ? at : Math.Min(at + token.Length, input.Length))];
        }
    }

    private void WriteEdge(Span<byte> where)
    {
        ulong edge = Edges[random.Next(Edges.Length)];
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, edge);
        int width = 1 << random.Next(4);
        if (random.Next(4) == 0)
            bytes[..width].Reverse();
        bytes[..Math.Min(width, where.Length)].CopyTo(where);
    }
}
