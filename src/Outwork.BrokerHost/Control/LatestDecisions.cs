using System.Text.Json;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Control;

namespace Outwork.BrokerHost.Control;

/// <summary>Answers a request for decisions with as many of the latest as fit into a response. Any thread.</summary>
internal static class LatestDecisions
{
    public static ControlResponse Of(DecisionRing ring, int count)
    {
        var wanted = ring.Latest(count);
        int first = wanted.Length;
        for (long room = ControlLimits.MaximumDecisionBytes; first > 0; first--)
        {
            // Measured, since JSON takes up to six bytes for one of a path.
            room -= JsonSerializer.SerializeToUtf8Bytes(wanted[first - 1], ControlJsonContext.Default.DecisionRecord).Length;
            if (room < 0) break;
        }
        return new() { Ok = true, Decisions = wanted[first..], LeftOut = first };
    }
}
