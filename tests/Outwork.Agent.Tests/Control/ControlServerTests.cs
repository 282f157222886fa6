using Outwork.Agent.Control;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Control;

public sealed class ControlServerTests
{
    [Fact]
    public async Task Status_is_the_brokers_with_the_agents_own_counters()
    {
        await using var agent = new ControlFixture();
        ControlResponse response = await agent.AskAsync(new ControlRequest { Operation = "status" });
        Assert.True(response.Ok, response.Error);
        Assert.Contains(response.Status!.Counters, counter => counter is { Name: "auth.events", Value: 12 });
        Assert.Contains(response.Status.Counters, counter => counter is { Name: "agent.control-requests", Value: 1 });
    }

    [Fact]
    public async Task Several_requests_on_one_connection_are_answered_in_order()
    {
        await using var agent = new ControlFixture();
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        await peer.SendAsync(new ControlRequest { Operation = "status" });
        await peer.SendAsync(new ControlRequest { Operation = "explain", DecisionId = 9 });
        Assert.NotNull((await peer.ReceiveAsync())!.Status);
        Assert.Equal("not-found", (await peer.ReceiveAsync())!.Code);
    }

    [Fact]
    public async Task Policy_applied_over_the_socket_is_shown_over_the_socket()
    {
        await using var agent = new ControlFixture();
        Assert.Equal("not-found", (await agent.AskAsync(new ControlRequest { Operation = "policy-show" })).Code);
        Assert.True((await agent.AskAsync(new ControlRequest { Operation = "policy-apply", PolicyText = "mine" })).Ok);
        ControlResponse shown = await agent.AskAsync(new ControlRequest { Operation = "policy-show" });
        Assert.Equal(("mine", 1u, "applied with outwork policy apply"), (shown.PolicyText, shown.PolicyGeneration, shown.PolicySource));
    }

    [Fact]
    public async Task Peer_cannot_put_a_compiled_policy_past_the_reader()
    {
        await using var agent = new ControlFixture();
        ControlResponse response = await agent.AskAsync(new ControlRequest { Operation = "policy-apply", Policy = new() });
        Assert.Equal("bad-request", response.Code);
        Assert.Empty(agent.Broker.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"operation\":5}")]
    public async Task Line_that_is_no_request_is_refused_and_the_connection_ends(string line)
    {
        await using var agent = new ControlFixture();
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        await peer.SendAsync(line);
        Assert.Equal("bad-request", (await peer.ReceiveAsync())!.Code);
        Assert.Null(await peer.ReceiveAsync());
        Assert.Equal(1, agent.Counters[AgentCounter.ControlMalformed]);
    }

    [Fact]
    public async Task Unknown_operation_is_refused_by_name_and_the_connection_goes_on()
    {
        await using var agent = new ControlFixture();
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        await peer.SendAsync(new ControlRequest { Operation = "reboot" });
        ControlResponse refused = (await peer.ReceiveAsync())!;
        Assert.Equal("bad-request", refused.Code);
        Assert.Contains("'reboot'", refused.Error);
        await peer.SendAsync(new ControlRequest { Operation = "status" });
        Assert.True((await peer.ReceiveAsync())!.Ok);
    }

    [Fact]
    public async Task Request_longer_than_the_limit_is_refused()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { OrdinaryRequest = 1024, MaximumRequest = 8192 });
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        await peer.SendAsync(new ControlRequest { Operation = "policy-apply", PolicyText = new string('x', 7000) });
        Assert.True((await peer.ReceiveAsync())!.Ok);
        await peer.SendAsync(new ControlRequest { Operation = "policy-apply", PolicyText = new string('x', 9000) });
        ControlResponse refused = (await peer.ReceiveAsync())!;
        Assert.Equal("bad-request", refused.Code);
        Assert.Contains("8192", refused.Error);
    }

    [Fact]
    public async Task Endless_request_is_cut_off_at_the_limit()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { OrdinaryRequest = 1024, MaximumRequest = 64 * 1024 });
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        byte[] block = new byte[4096];
        Array.Fill(block, (byte)'x');
        long written = 0;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (written < 64 * 1024 * 1024)
            {
                await peer.Stream.WriteAsync(block);
                written += block.Length;
            }
        });
        Assert.True((await agent.AskAsync(new ControlRequest { Operation = "status" })).Ok);
    }

    [Fact]
    public async Task Peer_that_says_nothing_is_hung_up_on()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using ControlFixture.Peer peer = await agent.ConnectAsync();
        Assert.Null(await peer.ReceiveAsync());
    }

    [Fact]
    public async Task Slow_long_request_does_not_keep_others_from_asking()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { OrdinaryRequest = 1024, MaximumRequest = 64 * 1024 });
        using ControlFixture.Peer slow = await agent.ConnectAsync();
        await slow.Stream.WriteAsync(new byte[4096]);
        Assert.True((await agent.AskAsync(new ControlRequest { Operation = "status" })).Ok);
    }

    [Fact]
    public async Task Connections_beyond_the_users_limit_are_told_so_and_room_comes_back()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { MaximumConnectionsPerUser = 2 });
        using ControlFixture.Peer first = await agent.ConnectAsync();
        using (ControlFixture.Peer second = await agent.ConnectAsync())
        {
            await first.SendAsync(new ControlRequest { Operation = "status" });
            await second.SendAsync(new ControlRequest { Operation = "status" });
            Assert.True((await first.ReceiveAsync())!.Ok);
            Assert.True((await second.ReceiveAsync())!.Ok);
            Assert.Equal("busy", (await agent.AskAsync(new ControlRequest { Operation = "status" })).Code);
        }

        await Eventually.HoldsAsync(async () => (await agent.AskAsync(new ControlRequest { Operation = "status" })).Ok);
    }

    [Fact]
    public async Task Peer_of_another_user_is_forbidden_unless_in_the_group()
    {
        RequiresRoot.Check();
        const uint group = 4242;
        const string status = "{\"operation\":\"status\"}";
        await using var agent = new ControlFixture(group: () => group);
        using ControlPeerProgram peer = await ControlPeerProgram.BuildAsync();

        TestProcess outsider = await peer.AskAsync(agent.SocketPath, status);
        Assert.Contains("\"code\":\"forbidden\"", outsider.Output);
        Assert.Equal(1, agent.Counters[AgentCounter.ControlForbidden]);
        Assert.Empty(agent.Broker.Requests);

        TestProcess member = await peer.AskAsync(agent.SocketPath, status, "100,4242");
        Assert.Contains("\"ok\":true", member.Output);
    }

    [Fact]
    public async Task Member_of_more_groups_than_usual_is_recognised()
    {
        RequiresRoot.Check();
        await using var agent = new ControlFixture(group: () => 5299);
        using ControlPeerProgram peer = await ControlPeerProgram.BuildAsync();
        string groups = string.Join(',', Enumerable.Range(5000, 300));
        Assert.Contains("\"ok\":true", (await peer.AskAsync(agent.SocketPath, "{\"operation\":\"status\"}", groups)).Output);
    }

    [Fact]
    public async Task Without_the_group_only_root_may()
    {
        RequiresRoot.Check();
        await using var agent = new ControlFixture(group: () => null);
        using ControlPeerProgram peer = await ControlPeerProgram.BuildAsync();
        Assert.Contains("forbidden", (await peer.AskAsync(agent.SocketPath, "{\"operation\":\"watch\"}", "0")).Output);
        Assert.True((await agent.AskAsync(new ControlRequest { Operation = "status" })).Ok);
    }

    [Fact]
    public async Task Broker_that_is_gone_is_said_so()
    {
        await using var agent = new ControlFixture();
        agent.Broker.HangUp();
        ControlResponse response = await agent.AskAsync(new ControlRequest { Operation = "status" });
        Assert.Equal("broker-unavailable", response.Code);
    }
}
