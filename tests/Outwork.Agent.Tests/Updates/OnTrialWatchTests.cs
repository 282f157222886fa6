using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Updates;

public sealed class OnTrialWatchTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly OnTrialWatch _watch = new("guard", UpdatesUnderTest.StatusOf(pid: 100, generation: 3));

    [Fact]
    public void Product_that_loads_and_runs_has_no_fault()
    {
        Assert.Null(_watch.Look(UpdatesUnderTest.StatusOf(pid: 100, generation: 3), Soon));
        Assert.Null(_watch.Look(UpdatesUnderTest.StatusOf(pid: 100, generation: 4), Soon));
        Assert.Null(_watch.Look(UpdatesUnderTest.StatusOf(pid: 100, generation: 4), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Process_that_ended_is_a_fault() =>
        Assert.Contains("process ended", _watch.Look(UpdatesUnderTest.StatusOf(pid: 0, generation: 0, restarts: 0), Soon), StringComparison.Ordinal);

    [Fact]
    public void Process_that_ended_and_is_back_already_is_a_fault() =>
        Assert.Contains("process ended", _watch.Look(UpdatesUnderTest.StatusOf(pid: 101, generation: 1, restarts: 1), Soon), StringComparison.Ordinal);

    [Fact]
    public void Demoted_product_is_a_fault() =>
        Assert.Contains("demoted", _watch.Look(UpdatesUnderTest.StatusOf(pid: 100, generation: 4, demotions: 1), Soon), StringComparison.Ordinal);

    [Fact]
    public void Broker_that_began_anew_is_none() =>
        Assert.Null(new OnTrialWatch("guard", UpdatesUnderTest.StatusOf(100, 3, demotions: 2)).Look(UpdatesUnderTest.StatusOf(100, 4, demotions: 0), Soon));

    [Fact]
    public void Refused_content_is_a_fault_at_once() =>
        Assert.Contains("refused the content", _watch.Look(UpdatesUnderTest.StatusOf(100, 3, health: "degraded: no rules"), Soon), StringComparison.Ordinal);

    [Fact]
    public void Failing_product_is_a_fault_whenever_it_is() =>
        Assert.Contains("fails", _watch.Look(UpdatesUnderTest.StatusOf(100, 4, health: "failing: out of memory"), TimeSpan.FromHours(1)), StringComparison.Ordinal);

    [Fact]
    public void Content_that_was_never_loaded_is_a_fault()
    {
        Assert.Null(_watch.Look(UpdatesUnderTest.StatusOf(100, 3), TimeSpan.FromSeconds(29)));
        Assert.Contains("did not load", _watch.Look(UpdatesUnderTest.StatusOf(100, 3), TimeSpan.FromSeconds(31)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(60, true)]
    public void Demotion_while_the_agent_was_away_is_a_fault(int secondsAfter, bool isFault)
    {
        var inForceSince = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        StatusSnapshot status = UpdatesUnderTest.StatusOf(pid: 100, generation: 1, demotions: 1);
        status = status with { Products = [status.Products[0] with { DemotedSinceUnixNs = inForceSince.AddSeconds(secondsAfter).ToUnixTimeMilliseconds() * 1_000_000 }] };

        Assert.Equal(isFault, new OnTrialWatch("guard", before: null, inForceSince).Look(status, TimeSpan.FromHours(1)) is not null);
    }

    [Fact]
    public void After_a_restart_of_the_agent_the_first_look_is_what_is_compared_with()
    {
        var watch = new OnTrialWatch("guard", before: null);
        Assert.Null(watch.Look(UpdatesUnderTest.StatusOf(pid: 500, generation: 1), TimeSpan.FromHours(1)));
        Assert.NotNull(watch.Look(UpdatesUnderTest.StatusOf(pid: 501, generation: 1), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Status_without_the_product_says_nothing() =>
        Assert.Null(_watch.Look(new StatusSnapshot { Version = "0.1.0", Protecting = true }, Soon));
}
