using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

return ProductHost.Run(new MinimalProduct(), args);

/// <summary>Refuses to run any file that holds a marker in its first 4 KiB.</summary>
internal sealed class MinimalProduct : SecurityProduct
{
    private static ReadOnlySpan<byte> Marker => "OUTWORK-SAMPLE-REFUSE-ME"u8;

    public override string Name => "minimal-product";

    public override ProductSubscription Subscription { get; } = new(Auth: [EventKind.Exec], Notify: []);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        Span<byte> start = stackalloc byte[4096];
        int length = file is null ? 0 : RandomAccess.Read(file, start, fileOffset: 0);
        return start[..length].IndexOf(Marker) >= 0
            ? Judgement.Deny("it holds the marker")
            : Judgement.Allow();
    }
}
