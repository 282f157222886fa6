using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

namespace Outwork.Bench.Instant;

/// <summary>
/// The benchmark's "uncached" product: it answers at once and forbids reuse, so that what is measured is the way to a
/// product and back, and not a product. It takes the descriptor, as a product that looks at files does.
/// </summary>
internal sealed class InstantProduct : SecurityProduct
{
    public override string Name => "instant";

    public override ProductSubscription Subscription { get; } = new([EventKind.Exec, EventKind.Open], []);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline) =>
        Judgement.Allow(cacheable: false);
}
