using System.Text.Json;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Control;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Kernel.Tests;

/// <summary>A request for many decisions is answered with what the agent can read.</summary>
public sealed class LatestDecisionsTests
{
    [Fact]
    public void Decisions_with_long_paths_are_given_as_far_as_they_fit_and_the_latest_first_of_all()
    {
        var ring = Ring(8_192, new string('\u0001', 4_000));

        var response = LatestDecisions.Of(ring, 8_192);

        Assert.Equal(ring.LastId, response.Decisions![^1].Id);
        Assert.Equal(8_192, response.Decisions.Length + response.LeftOut);
        Assert.InRange(response.Decisions.Length, 100, 8_191);
        int length = JsonSerializer.SerializeToUtf8Bytes(response, ControlJsonContext.Default.ControlResponse).Length;
        Assert.InRange(length, ControlLimits.MaximumDecisionBytes / 2, ControlLimits.MaximumLine / 2);
    }

    [Fact]
    public void Ordinary_decisions_are_all_given()
    {
        var response = LatestDecisions.Of(Ring(8_192, "/usr/bin/true"), 8_192);

        Assert.Equal((8_192, 0), (response.Decisions!.Length, response.LeftOut));
    }

    private static DecisionRing Ring(int count, string path)
    {
        var ring = new DecisionRing(count);
        for (int i = 0; i < count; i++)
            ring.Add(new DecisionRecord { Id = ring.NextId, TimeUnixNs = 1, Kind = EventKind.Exec, Path = path, Verdict = Verdict.Allow, Source = VerdictSource.Rule });
        return ring;
    }
}
