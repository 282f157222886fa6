using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Observation;

/// <summary>
/// Answers a product's calls that its filter refuses or asks about, and counts what it is refused. Told is the first time of each call and
/// target, and then each tenfold of it. So many are answered a second, so that a product that tries in a loop waits, and nobody else does.
/// </summary>
/// <param name="name">The product.</param>
/// <param name="user">Its user.</param>
/// <param name="reporter">Over which what to listen to comes; owned.</param>
/// <param name="time">Clock.</param>
/// <param name="hears">Called once, when it is there.</param>
/// <param name="tell">Told of what the product was refused.</param>
internal sealed class RefusedCalls(string name, uint user, SafeFileHandle reporter, TimeProvider time, Action<RefusedCalls> hears, Action<RefusedAttemptCommand> tell) : IDisposable
{
    public const int RefusedPerSecond = 200;

    /// <summary>A runtime opens some hundred files when it starts.</summary>
    public const int PassedAtOnce = 5_000;
    public const int PassedPerSecond = 2_000;

    /// <summary>Then it is the next product's turn.</summary>
    public const int AnsweredInATurn = 16;

    private readonly AttemptReport _report = new(reporter, user);
    private readonly AttemptCounts _counts = new();
    private readonly CallBudget _passed = new(PassedAtOnce, PassedPerSecond, time);
    private readonly CallBudget _refused = new(RefusedPerSecond, RefusedPerSecond, time);
    private RefusedCallListener? _listener;

    /// <summary>What to wait for.</summary>
    public SafeFileHandle Handle => _listener?.Handle ?? reporter;

    /// <summary>For whoever stands in for this process.</summary>
    public ProductCallsCommand Described => new(name, user);

    /// <summary>Nobody is left who could try.</summary>
    public bool Ended { get; private set; }

    /// <summary>How long not to answer; zero when it may be answered. What a call is, is known only once it is taken.</summary>
    public TimeSpan Pause => _passed.Pause > _refused.Pause ? _passed.Pause : _refused.Pause;

    /// <summary>Answers some of the calls that wait; never waits itself.</summary>
    public void Answer()
    {
        if (_listener is null)
        {
            _listener = _report.TryTake(out bool none);
            Ended = none;
            if (_listener is not null)
                hears(this);
            return;
        }

        for (int i = 0; i < AnsweredInATurn && Pause == TimeSpan.Zero; i++)
        {
            CallAnswer answer = _listener.Answer(out RefusedCall? refused);
            Ended = answer == CallAnswer.Ended;
            if (answer is CallAnswer.None or CallAnswer.Ended)
                return;
            (answer == CallAnswer.Passed ? _passed : _refused).Take();
            if (refused is { } call && _counts.Add(call.Name, call.Target) is { } times)
                tell(new RefusedAttemptCommand(name, call.ProcessId, call.Name, call.Target, times));
        }
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _report.Dispose();
        reporter.Dispose();
    }
}
