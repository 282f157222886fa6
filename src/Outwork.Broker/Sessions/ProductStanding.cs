using Outwork.Contracts.Control;

namespace Outwork.Broker.Sessions;

/// <summary>
/// Whether one product is asked (R2). Misses fill a leaky bucket; when it is full the product is demoted. From then on it gets a
/// shadow question now and then, one at a time, whose answer decides nothing, and enough good answers in a row bring it back.
/// Outlives the product's sessions, so that a crash wipes nothing away, and by <see cref="Save"/> the broker's process. Reactor thread
/// only; allocates nothing.
/// </summary>
public sealed class ProductStanding(ProductStandingOptions options, TimeProvider time)
{
    private const long Never = long.MaxValue;
    private long _lastMissAt = long.MinValue, _forgivenAt = Never, _longestMissed, _nextTrialAt, _trialDeadlineAt;
    private int _misses, _pauseMs, _shortestPauseMs;
    private ulong _trialRequest;
    private ProductSession? _trialSession;

    /// <summary>Called when something changed that is to be kept.</summary>
    public Action? Changed { get; set; }

    /// <summary>True while it is told but not asked.</summary>
    public bool IsDemoted { get; private set; }

    /// <summary>When it was demoted, ns since 1970 (UTC); 0 while it is asked.</summary>
    public long DemotedSinceUnixNs { get; private set; }

    /// <summary>How often it was demoted.</summary>
    public int Demotions { get; private set; }

    /// <summary>Shadow questions answered in time, in a row, since it was demoted.</summary>
    public int GoodAnswers { get; private set; }

    /// <summary>Pause before the next shadow question, ms.</summary>
    public int PauseMs => _pauseMs;

    /// <summary>Misses that are not forgiven yet.</summary>
    public int Misses
    {
        get
        {
            Forgive();
            return _misses;
        }
    }

    /// <summary>True when a shadow question may be asked now.</summary>
    public bool IsTrialDue => IsDemoted && _trialSession is null && time.GetTimestamp() >= _nextTrialAt;

    /// <summary>
    /// It missed a deadline. Questions that it was asked before it missed the last one do not count again: a product that stands
    /// still for a moment misses many at once, and once is what it did. But they show that it still stands still: what was forgiven until
    /// then stays forgiven, and from then on it takes another answer.
    /// </summary>
    /// <param name="askedAt">When it was asked: <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="missedAt">When the answer was given without it.</param>
    public StandingStep MissDeadline(long askedAt, long missedAt)
    {
        Forgive();
        if (!IsDemoted) _forgivenAt = Never;
        _longestMissed = Math.Max(_longestMissed, missedAt - askedAt);
        if (askedAt < _lastMissAt) return StandingStep.None;
        _lastMissAt = missedAt;
        return Miss();
    }

    /// <summary>
    /// It answered a question in time. From its first answer after a miss on time counts in its favour, and only then: a product
    /// that stands still under long deadlines misses few of them, but is no better for it.
    /// </summary>
    public void Answer()
    {
        if (_forgivenAt != Never || _misses == 0 || IsDemoted) return;
        _forgivenAt = time.GetTimestamp();
        Changed?.Invoke();
    }

    /// <summary>Its session ended while it judged.</summary>
    public StandingStep Crash()
    {
        _lastMissAt = time.GetTimestamp();
        return Miss();
    }

    /// <summary>It sent a frame that is malformed, or answered what it was not asked.</summary>
    public StandingStep SendNonsense()
    {
        if (!IsDemoted) return Miss();
        // On trial it starts from the beginning. Nobody is told, since how often this happens is up to the product.
        bool isNews = GoodAnswers != 0;
        GoodAnswers = 0;
        Pause();
        if (isNews) Changed?.Invoke();
        return StandingStep.None;
    }

    /// <summary>A shadow question is on its way.</summary>
    public void BeginTrial(ProductSession session, ulong requestId, long deadlineAt) =>
        (_trialSession, _trialRequest, _trialDeadlineAt) = (session, requestId, deadlineAt);

    /// <summary>No shadow question could be put to it; the next try comes after a pause.</summary>
    public void PostponeTrial() => Pause();

    /// <summary>True when this reply is to the shadow question under way.</summary>
    public bool IsOnTrial(ProductSession session, ulong requestId) => _trialSession == session && _trialRequest == requestId;

    /// <summary>It answered the shadow question.</summary>
    /// <param name="couldJudge">False when it said that it could not judge.</param>
    public StandingStep EndTrial(bool couldJudge)
    {
        if (_trialSession is null) return StandingStep.None;
        _trialSession = null;
        if (!couldJudge || time.GetTimestamp() >= _trialDeadlineAt) return FailTrial();
        if (++GoodAnswers >= options.GoodAnswersNeeded)
        {
            Return();
            Changed?.Invoke();
            return StandingStep.Returned;
        }
        _pauseMs = _shortestPauseMs;
        Pause();
        Changed?.Invoke();
        return StandingStep.TrialPassed;
    }

    /// <summary>Gives up a shadow question whose deadline has passed. Called now and then.</summary>
    public StandingStep ExpireTrial()
    {
        if (_trialSession is null || time.GetTimestamp() < _trialDeadlineAt) return StandingStep.None;
        _trialSession = null;
        return FailTrial();
    }

    /// <summary>The session has ended; a shadow question in it has failed.</summary>
    public StandingStep EndSession(ProductSession session)
    {
        if (_trialSession != session) return StandingStep.None;
        _trialSession = null;
        return FailTrial();
    }

    /// <summary>A new session: it need not wait for its first shadow question, but what it did before still counts.</summary>
    public void BeginSession() => _nextTrialAt = time.GetTimestamp();

    /// <summary>Puts it into a status.</summary>
    public ProductStatus Describe(ProductStatus status) => status with
    {
        DemotedSinceUnixNs = DemotedSinceUnixNs,
        Demotions = Demotions,
        Misses = Misses,
        MissBudget = options.MissBudget,
        GoodAnswers = GoodAnswers,
        GoodAnswersNeeded = options.GoodAnswersNeeded,
    };

    /// <summary>What is to be kept.</summary>
    public StoredStanding Save(string product) =>
        new(product, IsDemoted, DemotedSinceUnixNs, Demotions, GoodAnswers, _misses, _forgivenAt, _pauseMs, _shortestPauseMs);

    /// <summary>Goes on where an earlier process ended. What it kept is not trusted to be within bounds.</summary>
    public void Restore(in StoredStanding stored)
    {
        IsDemoted = stored.IsDemoted;
        DemotedSinceUnixNs = IsDemoted ? Math.Clamp(stored.DemotedSinceUnixNs, 1, Math.Max(1, UnixNs)) : 0;
        Demotions = Math.Max(IsDemoted ? 1 : 0, stored.Demotions);
        GoodAnswers = IsDemoted ? Math.Clamp(stored.GoodAnswers, 0, options.GoodAnswersNeeded - 1) : 0;
        _misses = Math.Clamp(stored.Misses, 0, IsDemoted ? options.MissBudget : options.MissBudget - 1);
        _forgivenAt = stored.ForgivenAt == Never ? Never : Math.Min(stored.ForgivenAt, time.GetTimestamp());
        _shortestPauseMs = Math.Clamp(stored.ShortestPauseMs, options.FirstPauseMs, options.LongestPauseMs);
        _pauseMs = Math.Clamp(stored.PauseMs, _shortestPauseMs, options.LongestPauseMs);
        Pause();
    }

    private StandingStep Miss()
    {
        if (IsDemoted) return StandingStep.None;
        var step = CountMiss();
        Changed?.Invoke();
        return step;
    }

    private StandingStep CountMiss()
    {
        Forgive();
        // The bucket was empty: it has done well for long enough that an earlier demotion is no longer held against it.
        if (_misses == 0) _shortestPauseMs = options.FirstPauseMs;
        _forgivenAt = Never;
        if (++_misses < options.MissBudget) return StandingStep.None;
        IsDemoted = true;
        Demotions++;
        GoodAnswers = 0;
        DemotedSinceUnixNs = UnixNs;
        _pauseMs = _shortestPauseMs;
        Pause();
        return StandingStep.Demoted;
    }

    private StandingStep FailTrial()
    {
        GoodAnswers = 0;
        _pauseMs = Math.Min(_pauseMs * 2, options.LongestPauseMs);
        Pause();
        Changed?.Invoke();
        return StandingStep.TrialFailed;
    }

    // With half of its budget, and with longer pauses when it fails again soon.
    private void Return()
    {
        IsDemoted = false;
        DemotedSinceUnixNs = 0;
        GoodAnswers = 0;
        _misses = options.MissBudget / 2;
        _forgivenAt = time.GetTimestamp();
        _shortestPauseMs = Math.Min(_shortestPauseMs * 4, options.LongestPauseMs);
    }

    private void Pause() => _nextTrialAt = time.GetTimestamp() + Timestamps(_pauseMs);

    private void Forgive()
    {
        // While demoted nothing is forgiven: it has to show that it is better.
        if (IsDemoted || _misses == 0 || _forgivenAt == Never) return;
        // A product that answers one question and misses the next with a deadline of 10 s does so every 10 s at most.
        long each = Math.Max(Timestamps(options.ForgiveAfterMs), _longestMissed * 2), forgiven = (time.GetTimestamp() - _forgivenAt) / each;
        if (forgiven <= 0) return;
        _forgivenAt += forgiven * each;
        _misses = (int)Math.Max(0, _misses - forgiven);
        if (_misses == 0) _longestMissed = 0;
    }

    private long UnixNs => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private long Timestamps(int milliseconds) => milliseconds * time.TimestampFrequency / 1_000;
}
