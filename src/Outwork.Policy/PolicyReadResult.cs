using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;

namespace Outwork.Policy;

/// <summary>What came of reading a policy: a document, or every fault found. Immutable.</summary>
public sealed class PolicyReadResult
{
    internal PolicyReadResult(string sourceName, PolicyDocument? document, PolicyFault[] faults) =>
        (SourceName, Document, Faults) = (sourceName, faults.Length == 0 ? document : null, faults);

    /// <summary>Where the text came from, for messages.</summary>
    public string SourceName { get; }

    /// <summary>The policy; null when there are faults.</summary>
    public PolicyDocument? Document { get; }

    /// <summary>Every fault, in the order of the text; empty when there is a document.</summary>
    public PolicyFault[] Faults { get; }

    /// <summary>The faults as compilers print them, <c>file:line:column: message</c>, one a line.</summary>
    public IEnumerable<string> FormatFaults() => Faults.Select(f => Format(SourceName, f));

    /// <summary>One fault as compilers print it: <c>file:line:column: message</c>.</summary>
    public static string Format(string sourceName, PolicyFault fault) => $"{sourceName}:{fault.Line}:{fault.Column}: {fault.Message}";
}
