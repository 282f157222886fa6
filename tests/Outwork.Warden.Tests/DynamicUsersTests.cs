using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Tests;

public sealed class DynamicUsersTests
{
    [Fact]
    public void Role_gets_the_same_user_each_time()
    {
        Assert.Equal(DynamicUsers.Excluding([]).Take("agent"), DynamicUsers.Excluding([]).Take("agent"));
    }

    [Fact]
    public void Two_roles_get_two_users_of_the_range()
    {
        DynamicUsers users = DynamicUsers.Excluding([]);
        uint[] taken = [.. Enumerable.Range(0, 50).Select(_ => users.Take("same"))];
        Assert.Equal(50, taken.Distinct().Count());
        Assert.All(taken, user => Assert.InRange(user, 61184u, 65519u));
    }

    [Fact]
    public void User_that_somebody_has_is_passed_over()
    {
        uint first = DynamicUsers.Excluding([]).Take("agent");
        uint second = DynamicUsers.Excluding([first]).Take("agent");
        Assert.NotEqual(first, second);
        Assert.InRange(second, 61184u, 65519u);
    }
}
