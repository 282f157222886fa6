using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>A product whose behaviour each test gives.</summary>
internal sealed class ScriptedProduct : SecurityProduct
{
    public override string Name => "scripted";

    public override ProductSubscription Subscription => new([EventKind.Exec], [EventKind.Exec, EventKind.Exit], Concurrency: Concurrency);

    public int Concurrency { get; init; } = 1;

    public Func<AuthQuestion, SafeFileHandle?, CancellationToken, Judgement> OnJudge { get; set; } = (_, _, _) => Judgement.Allow();

    public Action<NotifyEvent> OnObserve { get; set; } = _ => { };

    public Func<string, ContentReport> OnLoad { get; set; } = _ => ContentReport.None;

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline) => OnJudge(question, file, deadline);

    public override void Observe(NotifyEvent notification) => OnObserve(notification);

    public override ContentReport LoadContent(string directory) => OnLoad(directory);

    public void Say(ProductHealth health, string message) => ReportHealth(health, message);
}
