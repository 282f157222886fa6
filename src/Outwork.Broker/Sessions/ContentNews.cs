namespace Outwork.Broker.Sessions;

/// <summary>
/// What products say of new content, until it is taken. New content makes the engine forget every verdict, everybody's, and tells all
/// subscribers; how often a product says so is up to it. So each product's is taken at most once a second, and while it waits no
/// verdict of that product is remembered. By name, so that a new session gains nothing. Reactor thread only.
/// </summary>
public sealed class ContentNews(TimeProvider time)
{
    /// <summary>Changes that one product may tell before the next is taken; more are nonsense.</summary>
    public const int MostWaiting = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, News> _products = new(StringComparer.Ordinal);

    /// <summary>True while any product's news waits.</summary>
    public bool AnyWaits { get; private set; }

    /// <summary>The session's product has new content. False when it says so more often than anybody needs.</summary>
    public bool Add(ProductSession session)
    {
        if (!_products.TryGetValue(session.Name, out var news)) _products.Add(session.Name, news = new News());
        session.ContentChanged = AnyWaits = true;
        return ++news.Waiting <= MostWaiting;
    }

    /// <summary>Takes the news whose turn it is: has verdicts forgotten once, then tells of each session concerned.</summary>
    public void Take(SessionRegistry sessions, Action forget, Action<ProductSession> tell)
    {
        AnyWaits = false;
        bool hasForgotten = false;
        foreach (var (product, news) in _products)
        {
            if (news.Waiting == 0) continue;
            if (news.TakenAt is { } last && time.GetElapsedTime(last) < Pause)
            {
                AnyWaits = true;
                continue;
            }
            (news.Waiting, news.TakenAt) = (0, time.GetTimestamp());
            if (!hasForgotten) forget();
            hasForgotten = true;
            foreach (var session in sessions.All)
            {
                if (!session.ContentChanged || session.Name != product) continue;
                session.ContentChanged = false;
                tell(session);
            }
        }
    }

    private sealed class News
    {
        public int Waiting { get; set; }

        public long? TakenAt { get; set; }
    }
}
