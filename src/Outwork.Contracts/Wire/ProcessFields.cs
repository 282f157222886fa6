using System.Buffers.Binary;
using Outwork.Contracts.Events;

namespace Outwork.Contracts.Wire;

/// <summary>The fields of a Notify frame that describe a process.</summary>
internal ref struct ProcessFields
{
    private const int BlockLength = 56;
    private const uint ArgumentsTruncated = 1;
    private const uint Reconstructed = 2;

    private ReadOnlySpan<byte> _block;
    private string _executable;
    private string _workingDirectory;
    private string? _container;
    private List<string>? _arguments;

    /// <summary>Arguments go last, so that they, not something that names the process, are cut when the frame is full.</summary>
    public static void Write(ref FieldWriter fields, ProcessInfo process)
    {
        Span<byte> block = fields.Block(NotifyTags.Process, BlockLength);
        if (block.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(block, process.Id.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(block[8..], process.ParentId.Value);
        BinaryPrimitives.WriteInt32LittleEndian(block[16..], process.Pid);
        BinaryPrimitives.WriteInt32LittleEndian(block[20..], process.ParentPid);
        BinaryPrimitives.WriteUInt32LittleEndian(block[24..], process.UserId);
        BinaryPrimitives.WriteUInt32LittleEndian(block[28..], process.GroupId);
        BinaryPrimitives.WriteInt64LittleEndian(block[32..], process.StartedUnixNs);
        BinaryPrimitives.WriteUInt64LittleEndian(block[40..], process.ControlGroupId);
        fields.TextIfAny(NotifyTags.ProcessExecutable, process.Executable, FrameLimits.MaxPath);
        fields.Text(NotifyTags.ProcessContainer, process.ContainerId, FrameLimits.MaxName);
        fields.TextIfAny(NotifyTags.ProcessWorkingDirectory, process.WorkingDirectory, FrameLimits.MaxPath);
        bool cut = process.ArgumentsTruncated;
        foreach (string argument in process.Arguments)
        {
            if (!fields.Text(NotifyTags.ProcessArgument, argument, FrameLimits.MaxPath))
            {
                cut = true;
                break;
            }
        }

        uint flags = (cut ? ArgumentsTruncated : 0) | (process.Reconstructed ? Reconstructed : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(block[48..], flags);
    }

    /// <summary>Takes one field; false when it is malformed.</summary>
    public bool Take(ref FieldReader fields, ushort tag, ReadOnlySpan<byte> value, Utf8Interning texts)
    {
        if (tag == NotifyTags.ProcessArgument)
        {
            (_arguments ??= []).Add(texts.Get(value, FrameLimits.MaxPath));
            return true;
        }

        if (!fields.Once(tag))
            return false;
        switch (tag)
        {
            case NotifyTags.Process:
                if (value.Length < BlockLength)
                    return false;
                _block = value;
                break;
            case NotifyTags.ProcessExecutable:
                _executable = texts.Get(value, FrameLimits.MaxPath);
                break;
            case NotifyTags.ProcessWorkingDirectory:
                _workingDirectory = texts.Get(value, FrameLimits.MaxPath);
                break;
            case NotifyTags.ProcessContainer:
                _container = texts.Get(value, FrameLimits.MaxName);
                break;
            default:
                break;
        }

        return true;
    }

    public readonly ProcessInfo? Build()
    {
        if (_block.IsEmpty)
            return null;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(_block[48..]);
        return new ProcessInfo
        {
            Id = new ProcessId(BinaryPrimitives.ReadUInt64LittleEndian(_block)),
            ParentId = new ProcessId(BinaryPrimitives.ReadUInt64LittleEndian(_block[8..])),
            Pid = BinaryPrimitives.ReadInt32LittleEndian(_block[16..]),
            ParentPid = BinaryPrimitives.ReadInt32LittleEndian(_block[20..]),
            UserId = BinaryPrimitives.ReadUInt32LittleEndian(_block[24..]),
            GroupId = BinaryPrimitives.ReadUInt32LittleEndian(_block[28..]),
            StartedUnixNs = BinaryPrimitives.ReadInt64LittleEndian(_block[32..]),
            ControlGroupId = BinaryPrimitives.ReadUInt64LittleEndian(_block[40..]),
            Executable = _executable ?? "",
            WorkingDirectory = _workingDirectory ?? "",
            ContainerId = _container,
            Arguments = _arguments?.ToArray() ?? [],
            ArgumentsTruncated = (flags & ArgumentsTruncated) != 0,
            Reconstructed = (flags & Reconstructed) != 0,
        };
    }
}
