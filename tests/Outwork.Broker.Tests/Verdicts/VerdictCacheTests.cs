using System.Runtime.CompilerServices;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

public sealed class VerdictCacheTests
{
    private readonly VerdictCache _cache = new(64);

    [Fact]
    public void Content_is_found_and_other_generations_of_the_file_are_not()
    {
        _cache.Add(Content(1, 5), "/a").AsCode = Verdict.Allow;
        Assert.Equal(Verdict.Allow, _cache.Find(Content(1, 5)).AsCode);
        Assert.True(Unsafe.IsNullRef(ref _cache.Find(Content(1, 6))));
        Assert.True(Unsafe.IsNullRef(ref _cache.Find(Content(2, 5))));
    }

    [Fact]
    public void New_generation_takes_the_place_of_the_old_one()
    {
        _cache.Add(Content(1, 5), "/a").AsCode = Verdict.Deny;
        Assert.Equal(Verdict.None, _cache.Add(Content(1, 6), "/a").AsCode);
        Assert.True(Unsafe.IsNullRef(ref _cache.Find(Content(1, 5))));
    }

    [Fact]
    public void Adding_again_keeps_what_is_known()
    {
        _cache.Add(Content(1, 5), "/a").AsCode = Verdict.Deny;
        Assert.Equal(Verdict.Deny, _cache.Add(Content(1, 5), "/b").AsCode);
        Assert.Equal("/b", _cache.Find(Content(1, 5)).Path);
    }

    [Fact]
    public void Invalidate_forgets_everything()
    {
        for (ulong inode = 1; inode < 30; inode++) _cache.Add(Content(inode, 5), "/a").DecisionId = inode;
        _cache.Invalidate();
        for (ulong inode = 1; inode < 30; inode++)
        {
            Assert.True(Unsafe.IsNullRef(ref _cache.Find(Content(inode, 5))));
            Assert.Equal(0ul, _cache.DecisionOf(1, inode));
        }
    }

    [Fact]
    public void Forget_forgets_one_file()
    {
        _cache.Add(Content(1, 5), "/a").DecisionId = 1;
        _cache.Add(Content(2, 5), "/b").DecisionId = 2;
        _cache.Forget(1, 1);
        Assert.Equal((0ul, 2ul), (_cache.DecisionOf(1, 1), _cache.DecisionOf(1, 2)));
    }

    [Fact]
    public void Flood_of_files_replaces_those_used_longest_ago()
    {
        const ulong Files = 10_000;
        _cache.Add(Content(1, 5), "/hot").DecisionId = 1;
        for (ulong inode = 2; inode < Files; inode++)
        {
            _cache.Add(Content(inode, 5), "/cold").DecisionId = inode;
            Assert.Equal(1ul, _cache.Find(Content(1, 5)).DecisionId);
        }
        Assert.Equal(64, Enumerable.Range(1, (int)Files).Count(i => !Unsafe.IsNullRef(ref _cache.Find(Content((ulong)i, 5)))));
    }

    private static FileIdentity Content(ulong inode, long generation) => new(1, inode, 10, generation, generation);
}
