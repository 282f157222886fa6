using Outwork.Sdk.Channel;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>Runs a chaos product in this process: its program's Main is <c>return ChaosHost.Run(args);</c>.</summary>
public static class ChaosHost
{
    private const int Usage = 64;
    private const int Died = 70;

    /// <summary>Of the processes that a chaos product starts: wait until it has ended.</summary>
    internal const string Idle = "--idle";

    /// <summary>
    /// Plays the behaviour named by the first argument, else by the file <see cref="ChaosPlan.FileName"/> in the content
    /// directory (the one thing that the warden, certify and a test all can give), else a good product. Blocks.
    /// </summary>
    /// <param name="args">Nothing, or a plan as <see cref="ChaosPlan.Parse"/> takes it.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is [Idle])
        {
            _ = Console.In.ReadToEnd();
            return 0;
        }

        string? content = Environment.GetEnvironmentVariable(ProductHost.ContentVariable);
        ChaosPlan? plan = args.Length != 0
            ? ChaosPlan.Parse(string.Join(' ', args))
            : (content is null ? null : ChaosPlan.Load(content)) ?? new ChaosPlan(ChaosBehavior.Behaves);
        if (plan is null)
        {
            Console.Error.WriteLine($"no such behaviour; there are: {string.Join(", ", Enum.GetNames<ChaosBehavior>())}");
            return Usage;
        }

        if (plan.Behavior == ChaosBehavior.DiesAtStart)
            return Died;
        if (Environment.GetEnvironmentVariable(ProductHost.SessionVariable) is not { } session || ProductChannelDiscovery.Find() is not { } provider)
            return ProductHost.Run(new ChaosProduct(plan), args);
        using IProductChannel channel = new ChaosChannel(provider.Connect(session), plan);
        return ProductHost.Run(new ChaosProduct(plan), channel, content);
    }
}
