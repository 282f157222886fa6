using Outwork.Soak.Planning;

namespace Outwork.Soak.Tests;

public sealed class SoakPlannerTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    [Fact]
    public void Same_seed_gives_the_same_plan_and_another_seed_another()
    {
        List<PlannedFault> plan = SoakPlanner.Plan(7, HalfAnHour, SoakPace.Normal);
        Assert.Equal(plan, SoakPlanner.Plan(7, HalfAnHour, SoakPace.Normal));
        Assert.NotEqual(plan, SoakPlanner.Plan(8, HalfAnHour, SoakPace.Normal));
    }

    [Fact]
    public void Plan_of_a_seed_does_not_change_between_versions_of_the_runtime()
    {
        string[] first = [.. SoakPlanner.Plan(1, HalfAnHour, SoakPace.Normal).Take(4).Select(static fault => fault.ToString())];
        Assert.Equal(GoldenPlan, first);
    }

    [Fact]
    public void Shorter_run_of_a_seed_is_the_beginning_of_the_longer()
    {
        List<PlannedFault> shorter = SoakPlanner.Plan(7, TimeSpan.FromMinutes(5), SoakPace.Normal);
        Assert.Equal(shorter, SoakPlanner.Plan(7, HalfAnHour, SoakPace.Normal).Take(shorter.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20240719)]
    public void Every_kind_is_in_each_third_of_half_an_hour(int seed)
    {
        List<PlannedFault> plan = SoakPlanner.Plan(seed, HalfAnHour, SoakPace.Normal);
        foreach (int third in new[] { 0, 1, 2 })
        {
            var kinds = plan.Where(fault => (int)(fault.NotBefore / (HalfAnHour / 3)) == third).Select(fault => fault.Kind).ToHashSet();
            Assert.Empty(FaultTraits.Kinds.Except(kinds));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public void Broker_ends_no_more_often_than_the_pace_says(int seed)
    {
        TimeSpan[] ends = [.. SoakPlanner.Plan(seed, HalfAnHour, SoakPace.Normal).Where(static f => FaultTraits.Of(f.Kind).EndsBroker).Select(static f => f.NotBefore)];
        Assert.True(ends.Length > 20, $"only {ends.Length}");
        Assert.All(ends.Zip(ends.Skip(1)), static pair => Assert.True(pair.Second - pair.First >= SoakPace.Normal.BrokerSpacing));
    }

    [Fact]
    public void Faults_follow_each_other_and_last_as_their_kind_may()
    {
        List<PlannedFault> plan = SoakPlanner.Plan(3, HalfAnHour, SoakPace.Normal);
        Assert.All(plan.Zip(plan.Skip(1)), static pair => Assert.Equal(pair.First.NotBefore + pair.First.Duration + pair.Second.Pause, pair.Second.NotBefore));
        Assert.All(plan, static fault => Assert.InRange(fault.Duration, FaultTraits.Of(fault.Kind).Shortest, FaultTraits.Of(fault.Kind).Longest));
        Assert.All(plan, static fault => Assert.Equal(fault.Kind == FaultKind.Chaos, fault.Behavior is not null));
    }

    [Fact]
    public void Every_behaviour_of_chaos_is_done_in_a_long_run()
    {
        var behaviors = SoakPlanner.Plan(5, TimeSpan.FromHours(2), SoakPace.Normal).Select(static fault => fault.Behavior).OfType<Sdk.Testing.Chaos.ChaosBehavior>().ToHashSet();
        Assert.Empty(SoakPlanner.Behaviors.Except(behaviors));
    }

    private static readonly string[] GoldenPlan = ["#1 KillAgent", "#2 PauseBroker for 1.2 s", "#3 StarveAgentDescriptors for 1.3 s", "#4 StarveProductMemory for 2.6 s"];
}
