using Outwork.Platform.Linux.Users;

namespace Outwork.Platform.Linux.Tests.Users;

public sealed class SubordinateUsersTests
{
    private static readonly SubordinateUsers Users = SubordinateUsers.Parse(
        ["bob:165536:65536", "alice:100000:65536", "1002:300000:10", "nobody-knows:400000:10", "broken:500000", "zero:600000:0", "max:4294967290:100", ""],
        static name => name switch { "alice" => 1000, "bob" => 1001, "max" => 1003, _ => null });

    [Theory]
    [InlineData(99_999, 99_999)]
    [InlineData(100_000, 1000)]
    [InlineData(165_535, 1000)]
    [InlineData(165_536, 1001)]
    [InlineData(231_071, 1001)]
    [InlineData(231_072, 231_072)]
    [InlineData(300_009, 1002)]
    [InlineData(300_010, 300_010)]
    [InlineData(400_000, 400_000)]
    [InlineData(500_000, 500_000)]
    [InlineData(600_000, 600_000)]
    [InlineData(uint.MaxValue, 1003)]
    [InlineData(0, 0)]
    public void Subordinate_user_is_its_owner(uint user, uint owner) => Assert.Equal(owner, Users.OwnerOf(user));

    [Fact]
    public void Missing_file_has_no_entries() => Assert.Equal(100_000u, SubordinateUsers.Load("/nonexistent/subuid").OwnerOf(100_000));
}
