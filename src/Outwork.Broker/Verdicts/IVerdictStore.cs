using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Memory that outlives the broker's process: the latest decisions, the denials that are remembered, and how products stand. Reactor
/// thread only; no member waits, makes a system call or fails: what does not fit is not kept, and is then judged anew.
/// </summary>
public interface IVerdictStore
{
    /// <summary>Keeps a decision; the oldest give way.</summary>
    void Keep(DecisionRecord decision);

    /// <summary>Keeps a denial; another one may give way.</summary>
    void Keep(RememberedDenial denial);

    /// <summary>Keeps a product's standing in place of what was kept of it before.</summary>
    void Keep(in StoredStanding standing);

    /// <summary>Keeps up to which decision subscribers were told.</summary>
    void KeepTold(ulong decisionId);

    /// <summary>Forgets the denial of a file.</summary>
    void ForgetDenial(ulong device, ulong inode);

    /// <summary>Forgets all denials.</summary>
    void ForgetDenials();

    /// <summary>What was kept, by this process or one before it.</summary>
    StoredVerdicts Read();
}

/// <summary>What an <see cref="IVerdictStore"/> holds.</summary>
/// <param name="Decisions">In the order of their ids, possibly with gaps.</param>
/// <param name="Denials">In no order.</param>
/// <param name="Standings">One a product, in no order.</param>
/// <param name="Told">The decision up to which subscribers were told.</param>
public sealed record StoredVerdicts(
    IReadOnlyList<DecisionRecord> Decisions, IReadOnlyList<RememberedDenial> Denials, IReadOnlyList<StoredStanding> Standings, ulong Told);

/// <summary>A denial about one content that holds for everyone until the content, the policy or a judge's content changes.</summary>
/// <param name="Identity">The content.</param>
/// <param name="Path">Path it was judged under.</param>
/// <param name="Via">How it was about to run.</param>
/// <param name="DecisionId">The decision that gave it.</param>
/// <param name="PolicyPrint">Print of the policy it was judged under.</param>
/// <param name="Judges">The products that were asked; none when a rule decided.</param>
public sealed record RememberedDenial(
    FileIdentity Identity, string Path, ExecVia Via, ulong DecisionId, ulong PolicyPrint, IReadOnlyList<JudgePrint> Judges);

/// <summary>A product and what it judged by.</summary>
/// <param name="Product">Its name.</param>
/// <param name="Print">Print of its content, see <see cref="ProductSession.ContentPrint"/>.</param>
public readonly record struct JudgePrint(string Product, ulong Print);
