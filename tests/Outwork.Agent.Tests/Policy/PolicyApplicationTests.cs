using Outwork.Agent.Policy;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Policy;

public sealed class PolicyApplicationTests : IAsyncDisposable
{
    private readonly TempDirectory _state = new();
    private readonly FakeBroker _broker = new();
    private readonly RunningLink _link;
    private readonly AgentCounters _counters = new();
    private readonly List<string> _reported = [];

    public PolicyApplicationTests() => _link = new RunningLink(_broker);

    private string Kept => _state["policy.yaml"];

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        await _broker.DisposeAsync();
        _state.Dispose();
    }

    [Fact]
    public async Task First_act_is_to_apply_the_policy_last_applied()
    {
        File.WriteAllText(Kept, "kept");
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync([(_state["file.yaml"], "file")], CancellationToken.None));
        ControlRequest request = Assert.Single(_broker.Requests);
        Assert.Equal(("policy-apply", "kept"), (request.Operation, request.Policy!.Rules[0].Id));
        Assert.Equal(("kept", 1u), (policies.Show().PolicyText, policies.Show().PolicyGeneration));
    }

    [Fact]
    public async Task Without_an_applied_policy_the_first_file_counts_and_its_source_is_told()
    {
        File.WriteAllText(_state["etc.yaml"], "etc");
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync([(_state["etc.yaml"], "/etc/outwork/policy.yaml"), (_state["built-in.yaml"], "built-in")], CancellationToken.None));
        Assert.Equal("/etc/outwork/policy.yaml", Assert.Single(_broker.Requests).PolicySource);
    }

    [Fact]
    public async Task Faulty_and_missing_policies_at_start_fall_back_and_are_reported()
    {
        File.WriteAllText(Kept, "bad");
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync([(_state["missing.yaml"], "missing"), (_state["built-in.yaml"], "built-in")], CancellationToken.None));
        Assert.Equal("builtin", policies.Show().PolicyText);
        Assert.Equal(2, _counters[AgentCounter.PolicyFallback]);
        Assert.Contains(_reported, line => line.Contains(":3:7: bad rule"));
        Assert.Contains(_reported, line => line.Contains("missing.yaml"));
    }

    [Fact]
    public async Task Broker_that_does_not_answer_gets_no_other_policy()
    {
        File.WriteAllText(Kept, "kept");
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        _broker.HangUp();
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.BrokerUnavailable, await policies.StartAsync([(_state["built-in.yaml"], "built-in")], CancellationToken.None));
        Assert.Equal(0, _counters[AgentCounter.PolicyFallback]);
        Assert.Equal("not-found", policies.Show().Code);
    }

    [Fact]
    public async Task Next_broker_gets_the_policy_that_was_in_force_though_its_file_cannot_be_read_any_more()
    {
        File.WriteAllText(_state["etc.yaml"], "etc");
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        (string, string)[] files = [(_state["etc.yaml"], "etc"), (_state["built-in.yaml"], "built-in")];
        using PolicyApplication policies = Create();
        await policies.StartAsync(files, CancellationToken.None);
        File.Delete(_state["etc.yaml"]);
        Directory.CreateDirectory(_state["etc.yaml"]);
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync(files, CancellationToken.None));
        Assert.Equal(["etc", "etc"], _broker.Requests.Select(request => request.Policy!.Rules[0].Id));
    }

    [Fact]
    public async Task Policy_that_cannot_be_read_for_a_moment_is_used_all_the_same()
    {
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        // Held by a writer that lets nobody else read, as a descriptor limit would.
        var writer = new FileStream(_state["etc.yaml"], FileMode.Create, FileAccess.Write, FileShare.None);
        writer.Write("etc"u8);
        using PolicyApplication policies = Create();
        Task<PolicyStart> starting = policies.StartAsync([(_state["etc.yaml"], "etc"), (_state["built-in.yaml"], "built-in")], CancellationToken.None);
        await Assert.ThrowsAsync<TimeoutException>(() => starting.WaitAsync(TimeSpan.FromMilliseconds(300)));
        await writer.DisposeAsync();
        Assert.Equal(PolicyStart.InForce, await starting);
        Assert.Equal("etc", Assert.Single(_broker.Requests).Policy!.Rules[0].Id);
    }

    [Fact]
    public async Task Substitute_gives_way_once_the_policy_can_be_read()
    {
        Directory.CreateDirectory(Kept);
        File.WriteAllText(_state["built-in.yaml"], "builtin");
        (string, string)[] files = [(_state["built-in.yaml"], "built-in")];
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync(files, CancellationToken.None));
        Directory.Delete(Kept);
        File.WriteAllText(Kept, "kept");
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync(files, CancellationToken.None));
        Assert.Equal(["builtin", "kept"], _broker.Requests.Select(request => request.Policy!.Rules[0].Id));
    }

    [Fact]
    public async Task Accepted_policy_is_in_force_and_kept()
    {
        using PolicyApplication policies = Create();
        ControlResponse response = await policies.ApplyAsync(new PolicyText("new\n", "test"), CancellationToken.None);
        Assert.True(response.Ok, response.Error);
        Assert.Equal(1u, response.PolicyGeneration);
        Assert.Equal("new\n", File.ReadAllText(Kept));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kept));
        Assert.Equal("new\n", policies.Show().PolicyText);
        Assert.Equal([Kept], Directory.GetFiles(_state.Path));
    }

    [Fact]
    public async Task Faulty_policy_changes_nothing_and_tells_every_fault()
    {
        using PolicyApplication policies = Create();
        await policies.ApplyAsync(new PolicyText("old", "test"), CancellationToken.None);
        ControlResponse response = await policies.ApplyAsync(new PolicyText("bad", "test"), CancellationToken.None);
        Assert.Equal("policy-invalid", response.Code);
        Assert.Equal((3, 7), (response.Faults![0].Line, response.Faults[0].Column));
        AssertUnchanged(policies, "old");
        Assert.Single(_broker.Requests);
    }

    [Fact]
    public async Task Policy_that_the_broker_refuses_changes_nothing()
    {
        using PolicyApplication policies = Create();
        await policies.ApplyAsync(new PolicyText("old", "test"), CancellationToken.None);
        _broker.Answer = _ => new ControlResponse { Ok = false, Code = "policy-invalid", Error = "too many rules" };
        ControlResponse response = await policies.ApplyAsync(new PolicyText("new", "test"), CancellationToken.None);
        Assert.Equal(("policy-invalid", "too many rules"), (response.Code, response.Error));
        AssertUnchanged(policies, "old");
    }

    [Fact]
    public async Task Broker_that_dies_while_it_is_asked_changes_nothing_on_the_disk()
    {
        using PolicyApplication policies = Create();
        await policies.ApplyAsync(new PolicyText("old", "test"), CancellationToken.None);
        _broker.Hold = new TaskCompletionSource();
        Task<ControlResponse> applying = policies.ApplyAsync(new PolicyText("new", "test"), CancellationToken.None);
        _broker.HangUp();
        Assert.Equal("broker-unavailable", (await applying).Code);
        AssertUnchanged(policies, "old");
    }

    [Fact]
    public async Task Full_disk_refuses_before_the_broker_is_asked()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(kibibytes: 64);
        using PolicyApplication policies = Create(disk.Path);
        await policies.ApplyAsync(new PolicyText("old", "test"), CancellationToken.None);
        disk.Fill();
        ControlResponse refused = await policies.ApplyAsync(new PolicyText(new string('n', 20_000), "test"), CancellationToken.None);
        Assert.Equal("policy-not-stored", refused.Code);
        Assert.Single(_broker.Requests);
        Assert.Equal("old", File.ReadAllText(Path.Join(disk.Path, "policy.yaml")));
        Assert.Equal("old", policies.Show().PolicyText);
        Assert.False(File.Exists(Path.Join(disk.Path, "policy.yaml.new")));

        disk.MakeRoom();
        Assert.True((await policies.ApplyAsync(new PolicyText("new", "test"), CancellationToken.None)).Ok);
        Assert.Equal("new", File.ReadAllText(Path.Join(disk.Path, "policy.yaml")));
    }

    [Fact]
    public async Task Rename_that_fails_after_the_broker_accepted_puts_the_old_policy_back_in_force()
    {
        using PolicyApplication policies = Create();
        await policies.ApplyAsync(new PolicyText("old", "test"), CancellationToken.None);
        File.Delete(Kept);
        // A directory in the file's place: the rename fails, as it does on a failing disk, after everything else succeeded.
        Directory.CreateDirectory(Path.Join(Kept, "in-the-way"));
        ControlResponse response = await policies.ApplyAsync(new PolicyText("new", "test"), CancellationToken.None);
        Assert.Equal("policy-not-stored", response.Code);
        Assert.Equal(["old", "new", "old"], _broker.Requests.Select(request => request.Policy!.Rules[0].Id));
        Assert.Equal(("old", 3u), (policies.Show().PolicyText, policies.Show().PolicyGeneration));
    }

    [Fact]
    public async Task Left_over_of_an_interrupted_apply_is_neither_used_nor_in_the_way()
    {
        File.WriteAllText(Kept, "kept");
        File.WriteAllText(Kept + ".new", "half a pol");
        using PolicyApplication policies = Create();
        Assert.Equal(PolicyStart.InForce, await policies.StartAsync([], CancellationToken.None));
        Assert.Equal("kept", policies.Show().PolicyText);
        Assert.True((await policies.ApplyAsync(new PolicyText("next", "test"), CancellationToken.None)).Ok);
        Assert.Equal("next", File.ReadAllText(Kept));
    }

    [Fact]
    public async Task Applies_at_the_same_time_end_with_the_same_policy_in_force_and_on_the_disk()
    {
        using PolicyApplication policies = Create();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => policies.ApplyAsync(new PolicyText($"p{i}", "test"), CancellationToken.None)));
        string last = _broker.Requests.Last().Policy!.Rules[0].Id;
        AssertUnchanged(policies, last);
    }

    private PolicyApplication Create(string? directory = null) =>
        new(new PolicyStore(directory ?? _state.Path), _link.Link, Policies.Read, _counters, _reported.Add, TimeProvider.System);

    private void AssertUnchanged(PolicyApplication policies, string text)
    {
        Assert.Equal(text, File.ReadAllText(Kept));
        Assert.Equal(text, policies.Show().PolicyText);
        Assert.Equal([Kept], Directory.GetFiles(_state.Path));
    }
}
