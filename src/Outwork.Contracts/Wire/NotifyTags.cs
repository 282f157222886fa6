namespace Outwork.Contracts.Wire;

/// <summary>Tags of the fields of a Notify frame.</summary>
internal static class NotifyTags
{
    public const ushort Detail = 1;
    public const ushort Process = 2;
    public const ushort ProcessExecutable = 3;
    public const ushort ProcessWorkingDirectory = 4;
    public const ushort ProcessContainer = 5;
    public const ushort ProcessArgument = 6;
    public const ushort Decision = 16;
    public const ushort DecisionPath = 17;
    public const ushort DecisionSha256 = 18;
    public const ushort DecisionExecutable = 19;
    public const ushort DecisionRule = 20;
    public const ushort DecisionVote = 21;
}
