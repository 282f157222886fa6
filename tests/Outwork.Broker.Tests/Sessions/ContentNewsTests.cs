using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Sessions;

/// <summary>How often a product's new content makes everybody's verdicts void is not up to the product.</summary>
public sealed class ContentNewsTests
{
    private readonly EngineWorld _world = new(TestPolicies.Ask(OnFailure.Closed));
    private readonly ContentNews _news;
    private int _forgotten, _told;

    public ContentNewsTests() => _news = new ContentNews(_world.Time);

    [Fact]
    public void Content_that_changes_without_end_is_taken_once_a_second()
    {
        var product = _world.Connect("p");
        int nonsense = 0;
        for (int i = 0; i < 1_000; i++)
        {
            if (!_news.Add(product.Session)) nonsense++;
            Take();
            _world.Time.Advance(TimeSpan.FromMilliseconds(3));
        }

        Assert.Equal((3, 3), (_forgotten, _told));
        Assert.Equal(1_000 - 1 - (3 * ContentNews.MostWaiting), nonsense);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Take();
        Assert.Equal((4, false, false), (_forgotten, _news.AnyWaits, product.Session.ContentChanged));
    }

    [Fact]
    public void News_of_a_session_that_has_ended_is_taken_when_its_turn_comes()
    {
        var first = _world.Connect("p");
        Assert.True(_news.Add(first.Session));
        Take();
        Assert.True(_news.Add(first.Session));
        _world.Disconnect(first);
        Take();
        Assert.Equal(1, _forgotten);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        Take();
        Assert.Equal((2, 1), (_forgotten, _told));
    }

    [Fact]
    public void Other_products_do_not_wait_for_it()
    {
        var (first, second) = (_world.Connect("p"), _world.Connect("q"));
        _news.Add(first.Session);
        Take();
        _news.Add(first.Session);
        _news.Add(second.Session);
        Take();
        Assert.Equal((2, 2), (_forgotten, _told));
        Assert.Equal((true, false), (first.Session.ContentChanged, second.Session.ContentChanged));
    }

    [Fact]
    public void Verdict_under_content_that_is_not_taken_yet_is_not_remembered()
    {
        var product = _world.Connect("p");
        var file = new FakeFile(100, "/m/file") { ChangedNs = 1 };
        _news.Add(product.Session);
        _world.Execute(file);
        _world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.None, _world.Execute(file).Answer);
        Take();
        _world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.Allow, _world.Execute(file).Answer);
        Assert.Equal(2, product.Questions.Count);
        _world.Settle();
    }

    private void Take() => _news.Take(_world.Sessions, () => _forgotten++, _ => _told++);
}
