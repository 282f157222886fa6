namespace Outwork.Agent.Tests.Support;

/// <summary>Waits for what happens on another thread.</summary>
internal static class Eventually
{
    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => Task.FromResult(condition()));

    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 1000; i++)
        {
            if (await condition())
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        Assert.Fail("it did not happen within 20 s");
    }
}
