namespace Outwork.Agent.Updates;

/// <summary>Tells of one product's content. One thread at a time.</summary>
/// <param name="product">The product.</param>
/// <param name="news">Told.</param>
internal sealed class ProductNews(string product, ContentNews news)
{
    private string? _told;

    /// <summary>Tells.</summary>
    public void Tell(string what) => news.Tell(product, what);

    /// <summary>Tells what is met at every attempt at the first.</summary>
    public void TellOnce(string what)
    {
        if (_told == what)
            return;
        _told = what;
        Tell(what);
    }

    /// <summary>It went well: the next time it is news again.</summary>
    public void Forget() => _told = null;
}
