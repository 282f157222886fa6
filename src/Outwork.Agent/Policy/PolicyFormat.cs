using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Policy;

/// <summary>The format in which policies are written.</summary>
internal static class PolicyFormat
{
    /// <summary>Reads a policy.</summary>
    public static PolicyReading Read(string text, string source)
    {
        try
        {
            return new PolicyReading(JsonSerializer.Deserialize(text, ControlJsonContext.Default.PolicyDocument), []);
        }
        catch (JsonException fault)
        {
            return new PolicyReading(null, [new PolicyFault((int)(fault.LineNumber ?? 0) + 1, (int)(fault.BytePositionInLine ?? 0) + 1, fault.Message)]);
        }
    }
}
