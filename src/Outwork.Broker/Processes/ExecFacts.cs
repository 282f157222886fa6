using Outwork.Contracts.Events;

namespace Outwork.Broker.Processes;

/// <summary>What a source tells of a program start. The spans live only during the call that passes them.</summary>
public readonly ref struct ExecFacts
{
    /// <summary>The process.</summary>
    public required ProcessFacts Process { get; init; }

    /// <summary>Direct, Script or Memory.</summary>
    public required ExecVia Via { get; init; }

    /// <summary>The file that runs (the interpreter's for a script); none when the source cannot tell.</summary>
    public FileIdentity File { get; init; }

    /// <summary>Path of the file that runs, UTF-8, empty when unknown.</summary>
    public ReadOnlySpan<byte> Program { get; init; }

    /// <summary>Path of the script as it was given to the system, for <see cref="ExecVia.Script"/>; may be relative.</summary>
    public ReadOnlySpan<byte> Script { get; init; }

    /// <summary>Working directory, empty when unknown.</summary>
    public ReadOnlySpan<byte> WorkingDirectory { get; init; }

    /// <summary>Arguments, each ended by a zero byte; the last one may be cut.</summary>
    public ReadOnlySpan<byte> Arguments { get; init; }

    /// <summary>True when <see cref="Arguments"/> does not hold all of them.</summary>
    public bool ArgumentsTruncated { get; init; }

    /// <summary>True when the process was ended by policy before its first instruction.</summary>
    public bool Ended { get; init; }
}
