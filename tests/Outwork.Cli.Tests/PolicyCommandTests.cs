using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Tests;

public sealed class PolicyCommandTests
{
    private const string Good = "version: 1\ndefault: allow\n";
    private const string Faulty = "version: 1\ndefault: perhaps\nrulez: []\n";

    [Fact]
    public async Task Check_of_a_good_policy_needs_no_running_Outwork()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", Good);

        Assert.Equal(0, await run.RunAsync("policy", "check", file));

        Assert.Equal($"{file}: no faults, 0 rules.\n", run.Output);
    }

    [Fact]
    public async Task Check_prints_file_line_column_and_message_of_every_fault()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", Faulty);

        Assert.Equal(1, await run.RunAsync("policy", "check", file));

        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains(lines, l => l.StartsWith($"{file}:2:10: ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith($"{file}:3:1: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_json_is_an_array_of_faults()
    {
        using var run = new CommandRun();

        Assert.Equal(1, await run.RunAsync("policy", "check", "--json", run.WriteFile("policy.yaml", Faulty)));

        PolicyFault[] faults = JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.PolicyFaultArray)!;
        Assert.Equal(2, faults.Length);
        Assert.Contains(faults, f => f is { Line: 2, Column: 10 });
    }

    [Fact]
    public async Task Check_json_of_a_good_policy_is_an_empty_array()
    {
        using var run = new CommandRun();

        Assert.Equal(0, await run.RunAsync("policy", "check", "--json", run.WriteFile("policy.yaml", Good)));

        Assert.Equal("[]\n", run.Output);
    }

    [Fact]
    public async Task Check_of_a_missing_file_says_which()
    {
        using var run = new CommandRun();

        Assert.Equal(1, await run.RunAsync("policy", "check", "/nowhere/policy.yaml"));

        Assert.Contains("/nowhere/policy.yaml", run.Error);
    }

    [Fact]
    public async Task Check_of_a_file_that_is_no_text_says_so()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", "");
        await File.WriteAllBytesAsync(file, [0xff, 0xfe, 0x80]);

        Assert.Equal(1, await run.RunAsync("policy", "check", file));

        Assert.Contains("not UTF-8", run.Error);
    }

    [Fact]
    public async Task Check_of_a_name_with_an_at_sign_reads_that_file()
    {
        using var run = new CommandRun();

        Assert.Equal(1, await run.RunAsync("policy", "check", "@nowhere"));

        Assert.Contains("@nowhere", run.Error);
    }

    [Fact]
    public async Task Apply_sends_the_text_and_says_the_generation()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", Good);
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, PolicyGeneration = 4 });

        Assert.Equal(0, await run.RunAsync("policy", "apply", file));

        ControlRequest request = Assert.Single(agent.Requests);
        Assert.Equal(("policy-apply", Good), (request.Operation, request.PolicyText));
        Assert.Equal($"{file} is in force: policy generation 4.\n", run.Output);
    }

    [Fact]
    public async Task Apply_warns_of_products_that_the_policy_asks_and_that_do_not_run()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", Good);
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, PolicyGeneration = 4, NotSubscribed = ["nobody", "other"] });

        Assert.Equal(0, await run.RunAsync("policy", "apply", file));

        Assert.Contains("is in force", run.Output);
        Assert.Contains("Warning: its rules ask products that do not judge now: nobody, other.", run.Error);
    }

    [Fact]
    public async Task Apply_prints_the_faults_found_by_the_agent_and_ends_with_1()
    {
        using var run = new CommandRun();
        string file = run.WriteFile("policy.yaml", Faulty);
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Invalid);

        Assert.Equal(1, await run.RunAsync("policy", "apply", file));

        Assert.Equal($"{file}:2:10: what is perhaps?\n", run.Output);
        Assert.Equal("outwork: The policy has 1 fault; nothing changed.\n", run.Error);
    }

    [Fact]
    public async Task Apply_json_is_the_response_even_when_refused()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Invalid);

        Assert.Equal(1, await run.RunAsync("policy", "apply", "--json", run.WriteFile("policy.yaml", Faulty)));

        ControlResponse read = JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.ControlResponse)!;
        Assert.Equal(new PolicyFault(2, 10, "what is perhaps?"), Assert.Single(read.Faults!));
    }

    [Fact]
    public async Task Show_prints_the_text_as_it_was_applied()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, PolicyText = Good + "# \e[2J\n", PolicyGeneration = 3 });

        Assert.Equal(0, await run.RunAsync("policy", "show"));

        Assert.Equal(Good + "# \e[2J\n", run.Output);
    }

    [Fact]
    public async Task Show_on_a_terminal_escapes_control_characters()
    {
        using var run = new CommandRun { Interactive = true };
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, PolicyText = Good + "# \e[2J\n" });

        Assert.Equal(0, await run.RunAsync("policy", "show"));

        Assert.Equal(Good + "# \\x1b[2J\n", run.Output);
    }

    [Fact]
    public async Task Show_json_has_text_and_generation()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, PolicyText = Good, PolicyGeneration = 3 });

        Assert.Equal(0, await run.RunAsync("policy", "show", "--json"));

        ControlResponse read = JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.ControlResponse)!;
        Assert.Equal((Good, 3UL), (read.PolicyText, read.PolicyGeneration));
    }

    private static ControlResponse Invalid { get; } = new()
    {
        Ok = false,
        Code = ControlCodes.PolicyInvalid,
        Error = "The policy has 1 fault; nothing changed.",
        Faults = [new PolicyFault(2, 10, "what is perhaps?")],
    };
}
