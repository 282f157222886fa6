using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Sdk;

return ProductHost.Run(new AnswerAtOnce(), args);

/// <summary>Allows at once, takes the descriptor that every product gets, and lets nothing be reused: what is measured with it is the way to a product and back.</summary>
internal sealed class AnswerAtOnce : SecurityProduct
{
    public override string Name => "answer-at-once";

    public override ProductSubscription Subscription { get; } =
        new(Auth: [EventKind.Exec, EventKind.Open], Notify: [], WantsDescriptor: true);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline) =>
        Judgement.Allow(cacheable: false);
}
