using System.Buffers.Binary;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Kernel.Tests.Support;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Supervision;
using Outwork.Sdk.Channel;

namespace Outwork.Kernel.Tests;

/// <summary>What the agent, a product or a file may do wrong: it is refused, and the guard goes on.</summary>
public sealed class HostileInputTests
{
    private static readonly string[] IncompletePolicies = ["document", "rules", "rule", "id", "match", "paths", "a path", "products", "action"];

    [Fact]
    public void Policy_that_is_incomplete_is_refused_and_the_one_in_force_stays()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.OfPath(program, RuleAction.Deny));
        ulong generation = broker.Status().Policy!.Generation;

        foreach (string missing in IncompletePolicies)
        {
            var response = broker.Answer(new ControlRequest { Operation = "policy-apply", Policy = Incomplete(missing) });
            Assert.False(response.Ok, missing);
            Assert.True(response.Code is "policy-invalid" or "bad-request", $"{missing}: {response.Code}");
        }

        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        Assert.Equal((generation, 0UL), (broker.Status().Policy!.Generation, broker.Counter("reactor.faults")));
    }

    [Fact]
    public void Policy_with_more_users_about_memory_than_the_kernel_holds_is_refused()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        ulong generation = broker.Status().Policy!.Generation;

        Assert.Equal("policy-invalid", broker.Answer(new ControlRequest { Operation = "policy-apply", Policy = AboutMemory(1_025) }).Code);
        Assert.Equal(generation, broker.Status().Policy!.Generation);
        Assert.Equal(generation + 1, broker.Apply(AboutMemory(1_024)));
    }

    [Fact]
    public void Product_that_floods_with_refused_frames_loses_its_session()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        using var channel = broker.Open("flood");
        byte[] frame = new byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)frame.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), 999);
        frame[6] = 1;

        for (int sent = 0; sent < 1_500;)
        {
            var status = channel.TrySend(frame);
            if (status == SendStatus.Ended) break;
            if (status == SendStatus.Sent) sent++;
        }

        BrokerUnderTest.Eventually(() => broker.Counter("sessions.flooding") == 1, "the end of the session");
        Assert.DoesNotContain(broker.Status().Products, p => p.Name == "flood" && p.State != "absent");
        // It is told why, and the warden is told whose process lives on without a session.
        Assert.Equal((Environment.ProcessId, ClosingReason.ProtocolViolation), (broker.WaitForReport<SessionEndedReport>().ProcessId, ClosingOf(channel)));
        Assert.Equal(0, TestProcess.Run(program).ExitCode);
    }

    [Fact]
    public void Product_whose_content_changes_all_the_time_is_demoted()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        using var channel = broker.Open("restless");
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        for (int i = 0; i < 60;)
        {
            int length = ContentLoadedCodec.Encode(frame, new ContentLoaded(1 + ((ulong)i % 2), "", ""), 0);
            if (channel.TrySend(frame.AsSpan(0, length)) == SendStatus.Sent) i++;
        }

        BrokerUnderTest.Eventually(() => broker.Status().Products.Any(static p => p is { Name: "restless", Demotions: 1 }), "the demotion");
        Assert.True(broker.Counter("failure.malformed-reply") >= 8);
        Assert.Equal(0, TestProcess.Run(program).ExitCode);
    }

    [Fact]
    public void Device_without_an_end_is_not_hashed()
    {
        using var mount = GuardedMount.Create("tmpfs");
        Assert.Equal(0, TestProcess.Run("mknod", mount["zero"], "c", "1", "5").ExitCode);
        string denied = mount.Write("denied", "what the rule means");
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(denied)));
        var rule = new PolicyRule
        {
            Id = "hash", Action = RuleAction.Deny, OnFailure = OnFailure.Closed, Match = new RuleMatch { Kinds = [EventKind.Open], Sha256 = [hash] },
        };
        using var broker = new BrokerUnderTest(mount, new PolicyDocument { Rules = [rule] });

        var zero = TestProcess.Run("head", "-c", "1", mount["zero"]);
        var file = TestProcess.Run("cat", denied);

        Assert.Equal((0, 1), (zero.ExitCode, file.ExitCode));
        Assert.Equal(0UL, broker.Counter("failure.deadline-missed"));
    }

    [Fact]
    public void File_that_the_kernel_cannot_open_for_the_broker_does_not_end_it()
    {
        // A file system that has given up stands for all that cannot be opened: of a socket or a device this kernel makes no event.
        using var mount = GuardedMount.Create("ext4");
        string file = mount.Write("file", "content");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        Assert.Equal("content", TestProcess.Run("cat", file).Output);
        mount.ShutDown();

        for (int i = 0; i < 6; i++) Assert.Equal(1, TestProcess.Run("cat", file).ExitCode);

        Assert.Equal((6UL, 0UL), (broker.Counter("failure.file-unreadable"), broker.Counter("reactor.faults")));
        Assert.Null(broker.Process.TryGetExit());
    }

    private static ClosingReason? ClosingOf(LinuxProductChannel channel)
    {
        byte[] frame = new byte[FrameLimits.MaxEventFrame];
        while (channel.TryReceive(frame, out int length, out var descriptor) == ReceiveStatus.Frame)
        {
            descriptor?.Dispose();
            if (ClosingCodec.TryDecode(frame.AsSpan(0, length), new Utf8Interning(), out var reason, out _) == FrameFault.None) return reason;
        }
        return null;
    }

    private static PolicyDocument? Incomplete(string missing)
    {
        var whole = new PolicyRule { Id = "rule", Action = RuleAction.Allow };
        return missing switch
        {
            "document" => null,
            "rules" => new PolicyDocument { Rules = null! },
            "rule" => new PolicyDocument { Rules = [null!] },
            "id" => new PolicyDocument { Rules = [whole with { Id = null! }] },
            "match" => new PolicyDocument { Rules = [whole with { Match = null! }] },
            "paths" => new PolicyDocument { Rules = [whole with { Match = new RuleMatch { Paths = null! } }] },
            "a path" => new PolicyDocument { Rules = [whole with { Match = new RuleMatch { Paths = [null!] } }] },
            "products" => new PolicyDocument { Rules = [whole with { Products = null! }] },
            "action" => new PolicyDocument { Rules = [whole with { Action = (RuleAction)9 }] },
            _ => throw new ArgumentOutOfRangeException(nameof(missing)),
        };
    }

    private static PolicyDocument AboutMemory(int users) => new()
    {
        Rules =
        [
            new PolicyRule
            {
                Id = "memory", Action = RuleAction.Deny,
                Match = new RuleMatch { Via = [ExecVia.Memory], Users = [.. Enumerable.Range(100_000, users).Select(static u => (uint)u)] },
            },
        ],
    };
}
