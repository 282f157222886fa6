using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>Answers events that wait for nobody. Answers first, then records (R9). Reactor thread only.</summary>
internal sealed class AnswerDesk(IAuthSource source, VerdictCounters counters, LatencyHistogram latency, TimeProvider time)
{
    /// <summary>Answers and keeps the handle.</summary>
    public void Respond(in AuthEvent e, Verdict verdict, VerdictSource by)
    {
        if (!source.Respond(e.Handle, verdict)) counters.Count(VerdictFailure.ResponseWriteFailed);
        counters.Count(by, verdict);
        latency.Add((long)(time.GetElapsedTime(e.ArrivedAt).TotalMicroseconds * 1_000));
    }

    /// <summary>Answers and gives the handle up.</summary>
    public void Answer(in AuthEvent e, Verdict verdict, VerdictSource by)
    {
        Respond(e, verdict, by);
        source.Release(e.Handle);
    }

    /// <summary>Answers by a failure's policy.</summary>
    public void Fail(in AuthEvent e, OnFailure onFailure, VerdictFailure failure)
    {
        counters.Count(failure);
        Answer(e, onFailure == OnFailure.Closed ? Verdict.Deny : Verdict.Allow, VerdictSource.Failure);
    }
}
