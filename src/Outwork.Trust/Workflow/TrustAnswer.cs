namespace Outwork.Trust.Workflow;

/// <summary>How asking for bytes went.</summary>
public enum AnswerKind
{
    /// <summary>They are there; or what was to be done is done.</summary>
    Given,

    /// <summary>There is no such file: the other side said so.</summary>
    Missing,

    /// <summary>More than were allowed.</summary>
    TooLong,

    /// <summary>They came too slowly.</summary>
    TooSlow,

    /// <summary>The other side cannot be reached or fails.</summary>
    Unreachable,
}

/// <summary>The answer to a step.</summary>
/// <param name="Kind">How it went.</param>
/// <param name="Bytes">When given.</param>
/// <param name="Reason">When not given, why.</param>
public readonly record struct TrustAnswer(AnswerKind Kind, ReadOnlyMemory<byte> Bytes = default, string Reason = "")
{
    /// <summary>Stored or forgotten as wanted.</summary>
    public static TrustAnswer Done => new(AnswerKind.Given);

    /// <summary>There is none.</summary>
    public static TrustAnswer Missing => new(AnswerKind.Missing, Reason: "there is no such file");

    /// <summary>The bytes.</summary>
    public static TrustAnswer Of(ReadOnlyMemory<byte> bytes) => new(AnswerKind.Given, bytes);
}
