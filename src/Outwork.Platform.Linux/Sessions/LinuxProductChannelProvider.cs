using System.Globalization;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Channel;

[assembly: ProductChannelProvider(typeof(LinuxProductChannelProvider))]

namespace Outwork.Platform.Linux.Sessions;

/// <summary>Connects a product through the socket that it inherited.</summary>
public sealed class LinuxProductChannelProvider : IProductChannelProvider
{
    /// <inheritdoc/>
    public IProductChannel Connect(string session) =>
        int.TryParse(session, NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor)
            ? LinuxProductChannel.Inherit(descriptor)
            : throw new IOException($"not the number of a descriptor: {session}");
}
