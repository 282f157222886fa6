using Outwork.Platform.Supervision;

namespace Outwork.Warden.Tests;

public sealed class SupervisionCodecTests
{
    public static TheoryData<BrokerCommand> Commands =>
    [
        new ConfigureCommand("/"),
        new ConfigureCommand("/mnt/ä b"),
        new ProcessSpawningCommand(),
        new SpawnAbandonedCommand(),
        new ProcessStartedCommand(ProcessRole.Product, "execguard", 4_194_303, 65_519, 7),
        new ProcessEndedCommand(1),
        new ProductSessionCommand("execguard", 12),
        new AgentSessionCommand(13),
        new AgentControlCommand(14),
        new RefusedAttemptCommand("execguard", 4_194_303, "openat", "/etc/shadow", 1_000),
        new ProductCallsCommand("execguard", 65_519),
        new ProductDownCommand("execguard", IsFinal: false, "ended by signal 6"),
        new ProductDownCommand("execguard", IsFinal: true, ""),
        new StopCommand(),
    ];

    public static TheoryData<BrokerReport> Reports =>
    [
        new GuardingReport(On: true, Milliseconds: 812, FileSystems: 3, "exec and open", ""),
        new GuardingReport(On: true, Milliseconds: 5_012, FileSystems: 3, "exec and open", "one,two"),
        new GuardingReport(On: false, 0, 0, "", ""),
        new AcknowledgedReport(uint.MaxValue),
        new StoppedReport(),
        new SessionEndedReport(4_194_303),
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_is_read_as_it_was_written_and_no_other_length_is(BrokerCommand command)
    {
        byte[] buffer = new byte[SupervisionCodec.MaxMessageBytes];
        int length = SupervisionCodec.Write(command, 42, buffer);
        Assert.True(SupervisionCodec.TryRead(buffer.AsSpan(0, length), out uint sequence, out BrokerCommand? read));
        Assert.Equal(command, read);
        Assert.Equal(42u, sequence);
        for (int other = 0; other < length; other++)
            Assert.False(SupervisionCodec.TryRead(buffer.AsSpan(0, other), out _, out BrokerCommand? _));
        Assert.False(SupervisionCodec.TryRead(buffer.AsSpan(0, length + 1), out _, out BrokerCommand? _));
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public void Report_is_read_as_it_was_written_and_no_other_length_is(BrokerReport report)
    {
        byte[] buffer = new byte[SupervisionCodec.MaxMessageBytes];
        int length = SupervisionCodec.Write(report, 43, buffer);
        Assert.True(SupervisionCodec.TryRead(buffer.AsSpan(0, length), out uint sequence, out BrokerReport? read));
        Assert.Equal(report, read);
        Assert.Equal(43u, sequence);
        for (int other = 0; other < length; other++)
            Assert.False(SupervisionCodec.TryRead(buffer.AsSpan(0, other), out _, out BrokerReport? _));
        Assert.False(SupervisionCodec.TryRead(buffer.AsSpan(0, length + 1), out _, out BrokerReport? _));
    }

    [Fact]
    public void Random_bytes_are_refused_or_read_but_never_harm()
    {
        var random = new Random(20240719);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 100_000; i++)
        {
            Span<byte> message = bytes.AsSpan(0, random.Next(bytes.Length));
            random.NextBytes(message);
            if (message.Length > 1)
                (message[0], message[1]) = ((byte)random.Next(110), 0);
            _ = SupervisionCodec.TryRead(message, out _, out BrokerCommand? _);
            _ = SupervisionCodec.TryRead(message, out _, out BrokerReport? _);
        }
    }
}
