using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>Broker to product: one question.</summary>
public static class AuthRequestCodec
{
    /// <summary>Header flag: a descriptor of the file is in the session's socket.</summary>
    public const byte HasDescriptor = 1;

    /// <summary>Header flag: nothing waits for the answer.</summary>
    public const byte IsPrejudged = 2;

    /// <summary>Header flag: the answer decides nothing; the product is demoted and on trial.</summary>
    public const byte IsShadow = 4;

    private const int FixedLength = 120;
    private const ushort PathTag = 1;
    private const ushort ExecutableTag = 2;

    /// <summary>Encodes; allocates nothing.</summary>
    /// <param name="destination">At least <see cref="FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="nowNs">Monotonic clock, ns.</param>
    /// <returns>The frame's length.</returns>
    public static int Encode(Span<byte> destination, AuthQuestion question, long nowNs)
    {
        var fields = new FieldWriter(destination, FrameLimits.MaxEventFrame, FixedLength);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)question.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], (ushort)question.Via);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], question.FileMode);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], question.DeadlineNs);
        FileIdentityBytes.Write(destination[48..], question.File);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[88..], question.FileOwner);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[92..], question.UserId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[96..], question.ProcessId.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[104..], question.ParentProcessId.Value);
        BinaryPrimitives.WriteInt32LittleEndian(destination[112..], question.Pid);
        BinaryPrimitives.WriteInt32LittleEndian(destination[116..], question.ParentPid);
        fields.TextIfAny(PathTag, question.Path, FrameLimits.MaxPath);
        fields.TextIfAny(ExecutableTag, question.Executable, FrameLimits.MaxPath);
        byte flags = (byte)((question.HasDescriptor ? HasDescriptor : 0) | (question.IsPrejudged ? IsPrejudged : 0) | (question.IsShadow ? IsShadow : 0));
        FrameHeader.Write(destination, fields.Length, FrameType.AuthRequest, flags, question.RequestId, nowNs);
        return fields.Length;
    }

    /// <summary>Decodes; never throws.</summary>
    public static FrameFault TryDecode(ReadOnlySpan<byte> frame, Utf8Interning texts, out AuthQuestion? question)
    {
        question = null;
        FrameFault fault = FrameHeader.TryRead(frame, FrameType.AuthRequest, FixedLength, out FrameHeader header);
        if (fault != FrameFault.None)
            return fault;
        string path = "";
        string executable = "";
        var fields = new FieldReader(frame[FixedLength..]);
        while (fields.Next(out ushort tag, out ReadOnlySpan<byte> value))
        {
            if (tag == PathTag && fields.Once(tag))
                path = texts.Get(value, FrameLimits.MaxPath);
            else if (tag == ExecutableTag && fields.Once(tag))
                executable = texts.Get(value, FrameLimits.MaxPath);
        }

        if (fields.Faulted)
            return FrameFault.BadField;
        question = new AuthQuestion
        {
            RequestId = header.Correlation,
            Kind = (EventKind)BinaryPrimitives.ReadUInt16LittleEndian(frame[32..]),
            Via = (ExecVia)BinaryPrimitives.ReadUInt16LittleEndian(frame[34..]),
            FileMode = BinaryPrimitives.ReadUInt32LittleEndian(frame[36..]),
            DeadlineNs = BinaryPrimitives.ReadInt64LittleEndian(frame[40..]),
            File = FileIdentityBytes.Read(frame[48..]),
            FileOwner = BinaryPrimitives.ReadUInt32LittleEndian(frame[88..]),
            UserId = BinaryPrimitives.ReadUInt32LittleEndian(frame[92..]),
            ProcessId = new ProcessId(BinaryPrimitives.ReadUInt64LittleEndian(frame[96..])),
            ParentProcessId = new ProcessId(BinaryPrimitives.ReadUInt64LittleEndian(frame[104..])),
            Pid = BinaryPrimitives.ReadInt32LittleEndian(frame[112..]),
            ParentPid = BinaryPrimitives.ReadInt32LittleEndian(frame[116..]),
            Path = path,
            Executable = executable,
            HasDescriptor = (header.Flags & HasDescriptor) != 0,
            IsPrejudged = (header.Flags & IsPrejudged) != 0,
            IsShadow = (header.Flags & IsShadow) != 0,
        };
        return FrameFault.None;
    }
}
