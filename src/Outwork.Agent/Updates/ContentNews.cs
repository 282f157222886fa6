using Outwork.Agent.Events;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Updates;

/// <summary>Tells of each step of content: a sentence for the log, an event for whoever watches or exports. Any thread.</summary>
/// <param name="sinks">Where events go; one at a time.</param>
/// <param name="report">Gets the sentences.</param>
/// <param name="time">Clock.</param>
internal sealed class ContentNews(IEventSink sinks, Action<string> report, TimeProvider time)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Tells it.</summary>
    public void Tell(string product, string what)
    {
        string sentence = $"{product}: {what}";
        report(sentence);
        sinks.Take(new NotifyEvent
        {
            Kind = EventKind.ContentChange,
            TimeUnixNs = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick,
            Detail = sentence,
        });
        sinks.EndBatch();
    }
}
