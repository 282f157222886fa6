using System.Globalization;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Channel;

[assembly: ProductChannelProvider(typeof(LinuxProductChannelProvider))]

namespace Outwork.Platform.Linux.Sessions;

/// <summary>Connects a product through the socket that it inherited.</summary>
public sealed class LinuxProductChannelProvider : IProductChannelProvider, IDisposable
{
    private SessionRenewalClient? _renewal;

    /// <inheritdoc/>
    public IProductChannel Connect(string session)
    {
        if (!int.TryParse(session, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            throw new IOException($"not the number of a descriptor: {session}");
        LinuxProductChannel channel = LinuxProductChannel.Inherit(descriptor);
        _renewal = SessionRenewalClient.FromEnvironment();
        return channel;
    }

    /// <inheritdoc/>
    public IProductChannel? Reconnect()
    {
        while (_renewal?.Wait() is [var socket])
        {
            try
            {
                return LinuxProductChannel.Connect(socket);
            }
            catch (IOException)
            {
                // That broker has gone too: the next one's session will come.
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _renewal?.Dispose();
}
