using System.Net.Sockets;
using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Tests;

public sealed class RefusalTests
{
    public static TheoryData<string> Commands => ["status", "watch", "decisions", "explain 1", "policy show", "product list"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_Outwork_every_command_says_how_to_start_it_and_ends_with_3(string command)
    {
        using var run = new CommandRun();

        Assert.Equal(3, await run.RunAsync(command.Split(' ')));

        Assert.Contains("Outwork is not running here", run.Error);
        Assert.Contains("./outwork up", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_any_more_is_not_running()
    {
        using var run = new CommandRun();
        using var bound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bound.Bind(new UnixDomainSocketEndPoint(run.SocketPath));

        Assert.Equal(3, await run.RunAsync("status"));

        Assert.Contains("Outwork is not running here", run.Error);
    }

    [Fact]
    public async Task Not_running_in_json_has_a_stable_code()
    {
        using var run = new CommandRun();

        Assert.Equal(3, await run.RunAsync("status", "--json"));

        Assert.Equal("not-running", JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.ControlResponse)!.Code);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_peer_that_may_not_ask_is_told_and_ends_with_4(string command)
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartRefusing(run.SocketPath);

        Assert.Equal(4, await run.RunAsync(command.Split(' ')));

        Assert.Contains("Only root and members of the group outwork", run.Error);
    }

    [Fact]
    public async Task A_socket_of_another_user_is_not_believed_and_nothing_is_sent_to_it()
    {
        using var run = new CommandRun { TrustedUser = CurrentUser.Id + 1 };
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, Status = Samples.Status });

        Assert.Equal(3, await run.RunAsync("status"));

        Assert.Contains("Nothing was sent", run.Error);
        Assert.Empty(agent.Requests);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("null\n")]
    [InlineData("{\"ok\":true")]
    public async Task An_answer_that_cannot_be_read_ends_with_3(string raw)
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartRaw(run.SocketPath, raw);

        Assert.Equal(3, await run.RunAsync("status"));

        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("status", """{"ok":true,"status":{"version":"1","protecting":true,"products":[{"name":"p","state":"judging"}]}}""")]
    [InlineData("product list", """{"ok":true,"status":{"version":"1","protecting":true,"products":[{"name":"p","state":"judging"}]}}""")]
    [InlineData("decisions", """{"ok":true,"decisions":[{"id":1,"timeUnixNs":1,"kind":"Exec","verdict":"Deny","source":"Rule"}]}""")]
    [InlineData("explain 1", """{"ok":true,"decisions":[{"id":1,"timeUnixNs":1,"kind":"Exec","verdict":"Deny","source":"Product","votes":[{}]}],"ancestry":[{"id":{"value":1},"pid":1}]}""")]
    public async Task An_answer_without_optional_fields_is_shown_all_the_same(string command, string raw)
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartRaw(run.SocketPath, raw + "\n");

        Assert.Equal(0, await run.RunAsync(command.Split(' ')));

        Assert.NotEmpty(run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("broker-unavailable", 3)]
    [InlineData("busy", 3)]
    [InlineData("bad-request", 1)]
    [InlineData("a-code-of-tomorrow", 1)]
    public async Task A_refusal_ends_with_the_exit_code_of_its_code(string code, int expected)
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = false, Code = code, Error = "no\e[2J" });

        Assert.Equal(expected, await run.RunAsync("status"));

        Assert.Equal("outwork: no\\x1b[2J\n", run.Error);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("decisions")]
    [InlineData("explain 1")]
    [InlineData("policy show")]
    [InlineData("product list")]
    [InlineData("content list")]
    [InlineData("content history execguard")]
    public async Task An_answer_without_what_was_asked_for_is_no_success(string line)
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, static _ => new ControlResponse { Ok = true });

        Assert.Equal(ExitCodes.Unreachable, await run.RunAsync(line.Split(' ')));

        Assert.Contains("lacks what was asked for", run.Error);
        Assert.Equal(ExitCodes.Unreachable, await run.RunAsync([.. line.Split(' '), "--json"]));
        Assert.Contains("\"ok\": false", run.Output);
    }
}
