using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>
/// No user can take all places of events that wait (R6). There are 8 here, so 6 for each user but the superuser, and 7 for all of these
/// together.
/// </summary>
public sealed class PendingShareTests
{
    private const int Root = 1, User = 3, Subordinate = 7, Unknown = 50;
    private ulong _inode = 100;

    [Theory]
    [InlineData(User)]
    [InlineData(Unknown)]
    public void TooManyPending_of_one_user_leaves_room_for_others(int pid)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        for (int i = 0; i < 6; i++) Assert.Equal(Verdict.None, Execute(world, pid));
        for (int i = 0; i < 5; i++) Assert.Equal(Verdict.Deny, Execute(world, pid));
        Assert.Equal(5, world.Counters.Of(VerdictFailure.TooManyPending));
        Assert.Equal(Verdict.None, Execute(world, Root));
        Assert.Equal(Verdict.None, Execute(world, Root));
        Assert.Equal(Verdict.Deny, Execute(world, Root));
        Assert.Equal(8, product.Questions.Count);
        world.Settle();
        Assert.Equal(Verdict.None, Execute(world, pid));
        world.Settle();
    }

    [Fact]
    public void Users_together_leave_room_for_the_superuser()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        world.Connect("p");
        for (int i = 0; i < 4; i++) Assert.Equal(Verdict.None, Execute(world, User));
        for (int i = 0; i < 3; i++) Assert.Equal(Verdict.None, Execute(world, Unknown));
        Assert.Equal(Verdict.Deny, Execute(world, User));
        Assert.Equal(Verdict.Deny, Execute(world, Unknown));
        Assert.Equal(Verdict.None, Execute(world, Root));
        world.Settle();
    }

    [Fact]
    public void User_ids_that_a_user_may_use_at_will_share_that_users_places()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed)) { OwnerOfUser = static user => user == 100_000 ? 1_000 : user };
        world.Connect("p");
        for (int i = 0; i < 3; i++) Assert.Equal(Verdict.None, Execute(world, User));
        for (int i = 0; i < 3; i++) Assert.Equal(Verdict.None, Execute(world, Subordinate));
        Assert.Equal(Verdict.Deny, Execute(world, Subordinate));
        Assert.Equal(Verdict.Deny, Execute(world, User));
        world.Settle();
    }

    [Fact]
    public void Superuser_may_take_every_place()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        world.Connect("p");
        for (int i = 0; i < 8; i++) Assert.Equal(Verdict.None, Execute(world, Root));
        Assert.Equal(Verdict.Deny, Execute(world, Root));
        world.Settle();
    }

    [Fact]
    public void Files_that_wait_to_be_read_count_for_their_user_too()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        world.Connect("p");
        for (int i = 0; i < 6; i++) Assert.Equal(Verdict.None, world.Execute(Cold(), User).Answer);
        Assert.Equal(Verdict.Allow, world.Execute(Cold(), User).Answer);
        Assert.Equal(Verdict.None, world.Execute(Cold(), Root).Answer);
        while (world.Reading > 0) world.FinishReading();
        Assert.Equal(7, world.Engine.Poll.Pending.Count);
        world.Settle();
    }

    private Verdict Execute(EngineWorld world, int pid) => world.Execute(new FakeFile(++_inode, "/m/new") { ChangedNs = 1 }, pid).Answer;

    private FakeFile Cold() => new(++_inode, "/m/cold") { IsCold = true, ChangedNs = 1 };
}
