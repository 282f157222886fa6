using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

namespace Outwork.TestAssets.StuckProduct;

/// <summary>Takes every question and answers none.</summary>
internal sealed class SilentProduct : SecurityProduct
{
    public override string Name => "guard";

    public override ProductSubscription Subscription => new([EventKind.Exec], []);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        Thread.CurrentThread.Join();
        return Judgement.Allow();
    }
}
