using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;

namespace Outwork.Agent.Policy;

/// <summary>What came of reading a policy's text: a document, or faults.</summary>
/// <param name="Document">Null when there are faults.</param>
/// <param name="Faults">Every fault; empty when there is a document.</param>
internal sealed record PolicyReading(PolicyDocument? Document, PolicyFault[] Faults);

/// <summary>Reads a policy's text.</summary>
/// <param name="text">YAML.</param>
/// <param name="source">For messages.</param>
internal delegate PolicyReading PolicyReadFunction(string text, string source);
