namespace Outwork.Sdk.Channel;

/// <summary>Makes the product's end of the session that this process was started with.</summary>
public interface IProductChannelProvider
{
    /// <summary>Connects.</summary>
    /// <param name="session">The value of OUTWORK_SESSION_FD; its meaning is the operating system's.</param>
    /// <returns>The channel; it is the caller's to dispose.</returns>
    /// <exception cref="IOException">There is no broker at the other end, or not one of this version.</exception>
    IProductChannel Connect(string session);

    /// <summary>Waits for a new session after the broker went away without closing the last one. Blocks.</summary>
    /// <returns>The new channel, the caller's to dispose; null when there will be none, so that the product must end.</returns>
    IProductChannel? Reconnect() => null;
}

/// <summary>
/// Put on an assembly named Outwork.Platform.* beside the SDK, it tells <see cref="ProductHost"/> who connects on this
/// operating system.
/// </summary>
/// <param name="provider">Implements <see cref="IProductChannelProvider"/>, with a public constructor without parameters.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ProductChannelProviderAttribute(Type provider) : Attribute
{
    /// <summary>The type to make.</summary>
    public Type Provider { get; } = provider;
}
