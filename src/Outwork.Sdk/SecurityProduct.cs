using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Sdk.Hosting;

namespace Outwork.Sdk;

/// <summary>
/// A security product: derive, and run it with <see cref="ProductHost.Run(SecurityProduct, string[])"/>. It is a plain
/// process without privileges, files or network of its own; what it must know comes in the calls below.
/// </summary>
/// <remarks>
/// Threading: <see cref="Judge"/> is called on <see cref="ProductSubscription.Concurrency"/> threads at a time,
/// <see cref="Observe"/> on one at a time and in order, <see cref="LoadContent"/> on a thread of its own beside both. A
/// product with a concurrency of 1 that has no content therefore needs no locks.
/// </remarks>
public abstract class SecurityProduct
{
    private HealthLedger? _health;
    private (ProductHealth Health, string Message)? _early;

    /// <summary>Name, as in policies and records: lower case letters, digits and hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>What the product wants to be asked and told. Read once, when the session starts.</summary>
    public abstract ProductSubscription Subscription { get; }

    /// <summary>
    /// May this happen? A program waits for the answer. Whatever is thrown here counts as "could not judge": the rule's
    /// on-failure applies and the product's health becomes degraded.
    /// </summary>
    /// <param name="question">What is asked. Immutable; may be kept.</param>
    /// <param name="file">
    /// The file in question, open for reading; null unless <see cref="AuthQuestion.HasDescriptor"/>. Valid until this method
    /// returns, then closed. Read it with <see cref="RandomAccess"/>: its position is shared with others.
    /// </param>
    /// <param name="deadline">Cancelled when the broker has answered without the product; what is returned after that is counted as late and dropped.</param>
    /// <returns>The answer.</returns>
    public virtual Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline) => Judgement.Allow();

    /// <summary>
    /// It happened; also <see cref="EventKind.Gap"/>, which every subscriber is told, and <see cref="EventKind.StateComplete"/>,
    /// which everyone is told who is told of processes: it ends a run of reconstructed events. In order, one at a time. The next
    /// event or question is received when this returns, so be quick: when the product does not keep up, the broker drops
    /// events and says so in a gap.
    /// </summary>
    public virtual void Observe(NotifyEvent notification)
    {
    }

    /// <summary>
    /// Loads content and puts it in force, or refuses it and leaves in force what was. Called before the first question, and
    /// whenever something in the directory has changed and then not changed for 200 ms, or other packaged content has come into force.
    /// </summary>
    /// <param name="directory">
    /// The product's content directory, the administrator's own. Read-only; it may change while it is read. For a product that has packaged
    /// content only, this is <see cref="PackagedContent"/>.
    /// </param>
    /// <returns>What became of it. Whatever is thrown here counts as refused.</returns>
    public virtual ContentReport LoadContent(string directory) => ContentReport.None;

    /// <summary>
    /// The folder with the content of the package in force, which came signed and was tried on this device; null when there is none. Set
    /// before each <see cref="LoadContent"/>, to be used in it. What is in the folder does not change while it is loaded.
    /// </summary>
    protected internal string? PackagedContent { get; internal set; }

    /// <summary>Tells the administrator how the product is. Any thread, any time; never blocks for long.</summary>
    /// <param name="health">The state; stays until the next report.</param>
    /// <param name="message">A sentence for people; at most 512 bytes of UTF-8 survive.</param>
    protected void ReportHealth(ProductHealth health, string message)
    {
        if (_health is { } ledger)
            ledger.Own(health, message);
        else
            _early = (health, message);
    }

    /// <summary>The session begins; what was reported before, in the constructor, is told now.</summary>
    internal void Attach(HealthLedger ledger)
    {
        _health = ledger;
        var (health, message) = _early ?? (ProductHealth.Healthy, "");
        ledger.Own(health, message);
    }
}
