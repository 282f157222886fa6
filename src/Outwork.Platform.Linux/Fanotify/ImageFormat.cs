using System.Buffers.Binary;
using Outwork.Broker.Verdicts;

namespace Outwork.Platform.Linux.Fanotify;

/// <summary>Tells from a file's first bytes how it could run here. Source: elf(5), fs/binfmt_script.c.</summary>
public static class ImageFormat
{
    private const int TypeOffset = 16, ExecutableType = 2, SharedType = 3;

    /// <summary>Classifies the first bytes; 18 or more are needed to tell an image.</summary>
    public static ContentClass Classify(ReadOnlySpan<byte> header)
    {
        if (header.IsEmpty) return ContentClass.Empty;
        if (header.StartsWith("#!"u8)) return ContentClass.Script;
        if (header.Length < TypeOffset + 2 || !header.StartsWith("\x7f"u8) || !header[1..].StartsWith("ELF"u8)) return ContentClass.Data;
        // e_type is in the byte order that e_ident[EI_DATA] names; relocatable objects and core files cannot be mapped to run.
        var type = header[TypeOffset..];
        int value = header[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(type) : BinaryPrimitives.ReadUInt16LittleEndian(type);
        return value is ExecutableType or SharedType ? ContentClass.Image : ContentClass.Data;
    }
}
