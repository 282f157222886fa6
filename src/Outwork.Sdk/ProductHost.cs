using Outwork.Sdk.Channel;
using Outwork.Sdk.Hosting;

namespace Outwork.Sdk;

/// <summary>Runs a product in this process: a product's Main is <c>return ProductHost.Run(new MyProduct(), args);</c>.</summary>
public static class ProductHost
{
    /// <summary>Names the session that the process was started with.</summary>
    public const string SessionVariable = "OUTWORK_SESSION_FD";

    /// <summary>Names the product's content directory; absent for a product without content.</summary>
    public const string ContentVariable = "OUTWORK_CONTENT_DIR";

    /// <summary>Names the directory of the product's packaged content: two slots, and a link <c>current</c> to the one in force.</summary>
    public const string PackageVariable = "OUTWORK_PACKAGE_DIR";

    /// <summary>Names the slot to load in place of the one in force; set for an instance that tries content.</summary>
    public const string PackageSlotVariable = "OUTWORK_PACKAGE_SLOT";

    /// <summary>Connects to the broker that this process was started for and runs the product until the session is over. Blocks.</summary>
    /// <remarks>When the broker goes away without a word and Outwork starts another, the product goes on in a new session: what it has loaded stays.</remarks>
    /// <param name="product">The product; used from several threads, see <see cref="SecurityProduct"/>.</param>
    /// <param name="args">The process's arguments; none has a meaning to the host yet.</param>
    /// <returns>The process's exit code: 0 closed in order, 2 not started by Outwork, 3 the broker went away, 4 the protocol was broken.</returns>
    public static int Run(SecurityProduct product, string[] args)
    {
        ArgumentNullException.ThrowIfNull(product);
        string? session = Environment.GetEnvironmentVariable(SessionVariable);
        if (session is null)
            return Refuse($"{product.Name} is run by Outwork: {SessionVariable} is not set");
        if (ProductChannelDiscovery.Find() is not { } provider)
            return Refuse($"no Outwork.Platform assembly for this operating system in {AppContext.BaseDirectory}");
        IProductChannel channel;
        try
        {
            channel = provider.Connect(session);
        }
        catch (IOException fault)
        {
            return Refuse(fault.Message);
        }

        using IDisposable? owned = provider as IDisposable;
        var content = new ContentSources(
            Environment.GetEnvironmentVariable(ContentVariable),
            Environment.GetEnvironmentVariable(PackageVariable),
            Environment.GetEnvironmentVariable(PackageSlotVariable));
        using var running = new ProductSession(product, channel, TimeProvider.System);
        ProductExit exit;
        using (channel)
            exit = running.Run(content, mayResume: true);
        while (exit == ProductExit.BrokerLost && running.CanResume && provider.Reconnect() is { } next)
        {
            using (next)
                exit = running.Resume(next);
        }

        return (int)exit;
    }

    /// <summary>Runs the product over a given channel until the session is over. Blocks; does not dispose the channel.</summary>
    /// <param name="product">The product.</param>
    /// <param name="channel">A connected channel.</param>
    /// <param name="contentDirectory">The content directory, or null.</param>
    /// <returns>As <see cref="Run(SecurityProduct, string[])"/>.</returns>
    public static int Run(SecurityProduct product, IProductChannel channel, string? contentDirectory)
    {
        using var running = new ProductSession(product, channel, TimeProvider.System);
        return (int)running.Run(new ContentSources(contentDirectory));
    }

    private static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return (int)ProductExit.NotConnected;
    }
}
