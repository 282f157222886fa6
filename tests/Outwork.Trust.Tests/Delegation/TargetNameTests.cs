using Outwork.Trust.Delegation;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Tests.Delegation;

public sealed class TargetNameTests
{
    [Theory]
    [InlineData("a/b", "00", "a/00.b")]
    [InlineData("a/b c?#%", "00", "a/00.b%20c%3F%23%25")]
    [InlineData("a/b", "../../../admin", "a/..%2F..%2F..%2Fadmin.b")]
    public void Digest_stands_before_the_last_segment_and_stays_within_it(string path, string digest, string expected) =>
        Assert.Equal(expected, TargetName.FileOf(path, new TargetFile(1, new FileHashes([new("other", digest)]), default), consistentSnapshot: true));
}
