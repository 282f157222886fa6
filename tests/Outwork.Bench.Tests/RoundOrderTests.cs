using Outwork.Bench.Statistics;

namespace Outwork.Bench.Tests;

public sealed class RoundOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_round_visits_every_configuration_once(int count)
    {
        for (var round = 0; round < 12; round++)
            Assert.Equal(Enumerable.Range(0, count), RoundOrder.Of(round, count).Order());
    }

    [Fact]
    public void No_configuration_is_always_first_last_or_after_the_same_neighbour()
    {
        var orders = Enumerable.Range(0, 10).Select(round => RoundOrder.Of(round, 5)).ToArray();

        for (var configuration = 0; configuration < 5; configuration++)
        {
            Assert.True(orders.Select(order => Array.IndexOf(order, configuration)).Distinct().Count() >= 3);
            Assert.True(orders.Select(order => order[(Array.IndexOf(order, configuration) + 4) % 5]).Distinct().Count() >= 2);
        }
    }
}
