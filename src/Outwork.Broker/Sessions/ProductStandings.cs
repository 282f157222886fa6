using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Sessions;

/// <summary>
/// The standing of each product by name, which is the administrator's, so there are as many as products were configured. Tells
/// subscribers of each step. Reactor thread only.
/// </summary>
public sealed class ProductStandings(ProductStandingOptions options, TimeProvider time)
{
    private readonly Dictionary<string, ProductStanding> _standings = new(StringComparer.Ordinal);
    private IVerdictStore? _store;

    /// <summary>Called with each step.</summary>
    public Action<NotifyEvent>? Stepped { get; set; }

    /// <summary>How often any product was demoted.</summary>
    public ulong Demotions { get; private set; }

    /// <summary>How often any product came back.</summary>
    public ulong Returns { get; private set; }

    /// <summary>A product's standing; a new one is good.</summary>
    public ProductStanding Of(string product)
    {
        if (_standings.TryGetValue(product, out var known)) return known;
        var standing = new ProductStanding(options, time);
        standing.Changed = () => _store?.Keep(standing.Save(product));
        _standings.Add(product, standing);
        return standing;
    }

    /// <summary>Takes over what an earlier process knew of the products, and keeps in the same place what this one learns.</summary>
    public void Restore(IReadOnlyList<StoredStanding> stored, IVerdictStore store)
    {
        foreach (var standing in stored) Of(standing.Product).Restore(standing);
        _store = store;
    }

    /// <summary>Gives up shadow questions whose deadline has passed.</summary>
    public void Expire()
    {
        foreach (var (product, standing) in _standings) Tell(product, standing.ExpireTrial(), "no answer in time");
    }

    /// <summary>Tells of a step.</summary>
    /// <param name="product">Whose.</param>
    /// <param name="step">Nothing is told of None.</param>
    /// <param name="why">What it did last.</param>
    public void Tell(string product, StandingStep step, string why)
    {
        if (step == StandingStep.None) return;
        if (step == StandingStep.Demoted) Demotions++;
        if (step == StandingStep.Returned) Returns++;
        var standing = Of(product);
        Stepped?.Invoke(new NotifyEvent
        {
            Kind = EventKind.Demotion,
            TimeUnixNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            Detail = step switch
            {
                StandingStep.Demoted => $"{product} is demoted: {options.MissBudget} misses, the last: {why}. It is told but no longer asked.",
                StandingStep.TrialPassed => $"{product} on trial: {standing.GoodAnswers} of {options.GoodAnswersNeeded} good answers.",
                StandingStep.TrialFailed => $"{product} on trial: {why}. The next trial is in {standing.PauseMs} ms at the earliest.",
                _ => $"{product} is asked again: {options.GoodAnswersNeeded} good answers.",
            },
        });
    }
}
