using System.Buffers.Binary;
using System.Text.Unicode;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Contracts.Wire;

/// <summary>The fields of a Notify frame that carry a decision record.</summary>
internal ref struct DecisionFields
{
    private const int BlockLength = 112;
    private const int VoteFixedLength = 16;
    private const byte AheadOfNeed = 1;

    private ReadOnlySpan<byte> _block;
    private string _path;
    private string _executable;
    private string? _sha256;
    private string? _rule;
    private List<ProductVote>? _votes;

    public static void Write(ref FieldWriter fields, DecisionRecord decision)
    {
        Span<byte> block = fields.Block(NotifyTags.Decision, BlockLength);
        if (block.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(block, decision.Id);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], decision.TimeUnixNs);
        BinaryPrimitives.WriteUInt16LittleEndian(block[16..], (ushort)decision.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(block[18..], (ushort)decision.Via);
        block[20] = (byte)decision.Verdict;
        block[21] = (byte)decision.Source;
        block[22] = (byte)decision.Stage;
        block[23] = (byte)decision.WouldBe;
        block[24] = (byte)decision.Failure;
        block[25] = decision.AheadOfNeed ? AheadOfNeed : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(block[28..], decision.UserId);
        FileIdentityBytes.Write(block[32..], decision.File);
        BinaryPrimitives.WriteUInt64LittleEndian(block[72..], decision.ProcessId.Value);
        BinaryPrimitives.WriteInt32LittleEndian(block[80..], decision.Pid);
        BinaryPrimitives.WriteInt32LittleEndian(block[84..], decision.ParentPid);
        BinaryPrimitives.WriteDoubleLittleEndian(block[88..], decision.Microseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(block[96..], decision.CachedFrom);
        BinaryPrimitives.WriteUInt64LittleEndian(block[104..], decision.PolicyGeneration);
        fields.Text(NotifyTags.DecisionRule, decision.Rule, FrameLimits.MaxName);
        fields.Text(NotifyTags.DecisionSha256, decision.Sha256, FrameLimits.MaxName);
        fields.TextIfAny(NotifyTags.DecisionPath, decision.Path, FrameLimits.MaxPath);
        fields.TextIfAny(NotifyTags.DecisionExecutable, decision.Executable, FrameLimits.MaxPath);
        foreach (ProductVote vote in decision.Votes)
            WriteVote(ref fields, vote);
    }

    public bool Take(ref FieldReader fields, ushort tag, ReadOnlySpan<byte> value, Utf8Interning texts)
    {
        if (tag == NotifyTags.DecisionVote)
            return TakeVote(value, texts);
        if (!fields.Once(tag))
            return false;
        switch (tag)
        {
            case NotifyTags.Decision:
                if (value.Length < BlockLength)
                    return false;
                _block = value;
                break;
            case NotifyTags.DecisionPath:
                _path = texts.Get(value, FrameLimits.MaxPath);
                break;
            case NotifyTags.DecisionSha256:
                _sha256 = texts.Get(value, FrameLimits.MaxName);
                break;
            case NotifyTags.DecisionExecutable:
                _executable = texts.Get(value, FrameLimits.MaxPath);
                break;
            case NotifyTags.DecisionRule:
                _rule = texts.Get(value, FrameLimits.MaxName);
                break;
            default:
                break;
        }

        return true;
    }

    public readonly DecisionRecord? Build()
    {
        if (_block.IsEmpty)
            return null;
        return new DecisionRecord
        {
            Id = BinaryPrimitives.ReadUInt64LittleEndian(_block),
            TimeUnixNs = BinaryPrimitives.ReadInt64LittleEndian(_block[8..]),
            Kind = (EventKind)BinaryPrimitives.ReadUInt16LittleEndian(_block[16..]),
            Via = (ExecVia)BinaryPrimitives.ReadUInt16LittleEndian(_block[18..]),
            Verdict = (Verdict)_block[20],
            Source = (VerdictSource)_block[21],
            Stage = (RuleStage)_block[22],
            WouldBe = (Verdict)_block[23],
            Failure = (VerdictFailure)_block[24],
            AheadOfNeed = (_block[25] & AheadOfNeed) != 0,
            UserId = BinaryPrimitives.ReadUInt32LittleEndian(_block[28..]),
            File = FileIdentityBytes.Read(_block[32..]),
            ProcessId = new ProcessId(BinaryPrimitives.ReadUInt64LittleEndian(_block[72..])),
            Pid = BinaryPrimitives.ReadInt32LittleEndian(_block[80..]),
            ParentPid = BinaryPrimitives.ReadInt32LittleEndian(_block[84..]),
            Microseconds = BinaryPrimitives.ReadDoubleLittleEndian(_block[88..]),
            CachedFrom = BinaryPrimitives.ReadUInt64LittleEndian(_block[96..]),
            PolicyGeneration = BinaryPrimitives.ReadUInt64LittleEndian(_block[104..]),
            Path = _path ?? "",
            Executable = _executable ?? "",
            Sha256 = _sha256,
            Rule = _rule,
            Votes = _votes?.ToArray() ?? [],
        };
    }

    private static void WriteVote(ref FieldWriter fields, ProductVote vote)
    {
        Span<byte> bytes = stackalloc byte[VoteFixedLength + FrameLimits.MaxName + FrameLimits.MaxText];
        bytes[..VoteFixedLength].Clear();
        Utf8.FromUtf16(vote.Product, bytes.Slice(VoteFixedLength, FrameLimits.MaxName), out _, out int product);
        Utf8.FromUtf16(vote.Reason, bytes.Slice(VoteFixedLength + product, FrameLimits.MaxText), out _, out int reason);
        bytes[0] = (byte)vote.Verdict;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], (ushort)product);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)reason);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes[8..], vote.Microseconds);
        int length = VoteFixedLength + product + reason;
        Span<byte> field = fields.Block(NotifyTags.DecisionVote, length);
        if (!field.IsEmpty)
            bytes[..length].CopyTo(field);
    }

    private bool TakeVote(ReadOnlySpan<byte> value, Utf8Interning texts)
    {
        if (value.Length < VoteFixedLength)
            return false;
        int product = BinaryPrimitives.ReadUInt16LittleEndian(value[4..]);
        int reason = BinaryPrimitives.ReadUInt16LittleEndian(value[6..]);
        if (VoteFixedLength + product + reason > value.Length)
            return false;
        (_votes ??= []).Add(new ProductVote(
            texts.Get(value.Slice(VoteFixedLength, product), FrameLimits.MaxName),
            (Verdict)value[0],
            BinaryPrimitives.ReadDoubleLittleEndian(value[8..]),
            texts.Get(value.Slice(VoteFixedLength + product, reason), FrameLimits.MaxText)));
        return true;
    }
}
