using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Platform.Linux.Tests.Supervision;

public sealed class VerdictMemoryFileTests : IDisposable
{
    private readonly SafeFileHandle _descriptor = VerdictMemoryDescriptor.Create();

    public void Dispose() => _descriptor.Dispose();

    private static DecisionRecord Decision(ulong id, int pathLength = 20) => new()
    {
        Id = id,
        TimeUnixNs = (long)id,
        Kind = EventKind.Exec,
        Via = ExecVia.Direct,
        Path = "/" + new string('x', pathLength),
        File = new FileIdentity(1, id, 3, 4, 5),
        Pid = 7,
        Executable = "/bin/sh",
        Verdict = Verdict.Deny,
        Source = VerdictSource.Product,
        Rule = "ask",
        Sha256 = new string('a', 64),
        Votes = [new ProductVote("p", Verdict.Deny, 1.5, "why")],
        PolicyGeneration = 2,
    };

    private static RememberedDenial Denial(ulong inode, string path = "/m/file") => new(
        new FileIdentity(1, inode, 3, -4, 5), path, ExecVia.Script, 9, 0xDEADBEEF, [new JudgePrint("execguard", 11), new JudgePrint("é", 12)]);

    // Each broker maps the file anew.
    private VerdictMemoryFile Open() => VerdictMemoryFile.Open(new SafeFileHandle(_descriptor.DangerousGetHandle(), ownsHandle: false))!;

    private StoredVerdicts ReadAgain()
    {
        using var memory = Open();
        return memory.Read();
    }

    [Fact]
    public void What_one_broker_keeps_the_next_one_reads()
    {
        using (var memory = Open())
        {
            Assert.Empty(memory.Read().Decisions);
            for (ulong id = 1; id <= 100; id++) memory.Keep(Decision(id));
            memory.Keep(Denial(1));
            memory.Keep(Denial(2, "/m/" + new string('y', 300)));
            memory.KeepTold(98);
        }
        var stored = ReadAgain();
        Assert.Equal(98ul, stored.Told);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), stored.Decisions.Select(d => d.Id));
        Assert.Equivalent(Decision(50), stored.Decisions[49], strict: true);
        Assert.Equivalent(Denial(1), stored.Denials.Single(d => d.Identity.Inode == 1), strict: true);
        Assert.Equal(2, stored.Denials.Count);
    }

    [Fact]
    public void Latest_decisions_remain_when_the_file_is_full_and_the_next_broker_goes_on()
    {
        ulong next = 1;
        for (int broker = 0; broker < 5; broker++)
        {
            using var memory = Open();
            var known = memory.Read().Decisions;
            Assert.Equal(next - 1, known.Count == 0 ? 0 : known[^1].Id);
            for (int i = 0; i < 3_001; i++) memory.Keep(Decision(next++, pathLength: i % 4_000));
        }
        var decisions = ReadAgain().Decisions;
        Assert.Equal(next - 1, decisions[^1].Id);
        Assert.True(decisions.Count > 1_000, $"{decisions.Count}");
        Assert.Equal(decisions[^1].Id - decisions[0].Id + 1, (ulong)decisions.Count);
    }

    [Fact]
    public void Denial_that_was_forgotten_or_does_not_fit_is_not_there()
    {
        using (var memory = Open())
        {
            for (ulong inode = 1; inode <= 3; inode++) memory.Keep(Denial(inode));
            memory.ForgetDenial(1, 1);
            memory.ForgetDenial(1, 77);
            memory.Keep(Denial(2, "/" + new string('z', 600)));
        }
        Assert.Equal(3ul, Assert.Single(ReadAgain().Denials).Identity.Inode);
        using (var memory = Open()) memory.ForgetDenials();
        Assert.Empty(ReadAgain().Denials);
    }

    [Fact]
    public void Broker_killed_in_the_middle_of_a_record_costs_that_record_only()
    {
        using (var memory = Open())
        {
            for (ulong id = 1; id <= 3; id++) memory.Keep(Decision(id));
            memory.Keep(Denial(1));
            memory.Keep(Denial(2));
        }
        // One byte of the second decision, and one of a denial.
        byte[] all = Content();
        int second = Find(all, 2);
        RandomAccess.Write(_descriptor, [(byte)~all[second + 100]], second + 100);
        int denial = Enumerable.Range(0, VerdictMemoryDescriptor.DenialPlaces).Select(i => VerdictMemoryDescriptor.HeaderPage + (i * 512)).First(p => all[p] != 0);
        RandomAccess.Write(_descriptor, [(byte)~all[denial + 40]], denial + 40);

        var stored = ReadAgain();
        Assert.Equal([1ul, 3ul], stored.Decisions.Select(d => d.Id));
        Assert.Single(stored.Denials);
    }

    private static StoredStanding Standing(string product, int misses, bool demoted = false) =>
        new(product, demoted, demoted ? 123_456_789 : 0, 3, 1, misses, long.MaxValue, 500, 2_000);

    [Fact]
    public void Latest_standing_of_each_product_is_read_by_every_next_broker()
    {
        for (int broker = 0; broker < 5; broker++)
        {
            using var memory = Open();
            var known = memory.Read().Standings;
            Assert.Equal(broker == 0 ? [] : [Standing("one", broker, demoted: true), Standing("zwei ü", broker * 2)], known.OrderBy(s => s.Product));
            for (int i = 0; i <= broker; i++) memory.Keep(Standing("zwei ü", i));
            memory.Keep(Standing("one", broker + 1, demoted: true));
            memory.Keep(Standing("zwei ü", (broker + 1) * 2));
        }
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(4, 5)]
    public void Broker_killed_in_the_middle_of_a_standing_costs_that_one_only(int lastMisses, int thenMisses)
    {
        using (var memory = Open())
        {
            for (int i = 0; i < lastMisses; i++) memory.Keep(Standing("p", i));
            memory.Keep(Standing("p", 7, demoted: true));
            memory.Keep(Standing("p", 8, demoted: true));
        }
        // Of the two places, the newer: its key is the greater.
        byte[] all = Content();
        int[] places = [.. Enumerable.Range(0, 2).Select(i => VerdictMemoryDescriptor.StandingsOffset + (i * VerdictMemoryDescriptor.StandingLength))];
        int newest = places.MaxBy(p => BitConverter.ToUInt64(all, p + 8));
        RandomAccess.Write(_descriptor, [0, 0, 0, 0], newest);

        using (var memory = Open())
        {
            Assert.Equal(Standing("p", 7, demoted: true), Assert.Single(memory.Read().Standings));
            memory.Keep(Standing("p", thenMisses));
        }
        Assert.Equal(Standing("p", thenMisses), Assert.Single(ReadAgain().Standings));
    }

    [Fact]
    public void More_products_than_places_are_not_kept_and_the_others_are()
    {
        using (var memory = Open())
        {
            for (int i = 0; i < VerdictMemoryDescriptor.StandingPlaces + 5; i++) memory.Keep(Standing($"p{i}", i));
            memory.Keep(Standing(new string('x', 250), 1));
            memory.Keep(Standing("p0", 99));
        }
        var standings = ReadAgain().Standings;
        Assert.Equal(VerdictMemoryDescriptor.StandingPlaces, standings.Count);
        Assert.Equal(99, standings.Single(s => s.Product == "p0").Misses);
    }

    [Fact]
    public void Record_inside_the_content_of_a_torn_one_is_none()
    {
        using (var memory = Open())
        {
            for (ulong id = 1; id <= 3; id++) memory.Keep(Decision(id, pathLength: 3_000));
        }
        // A record as it is in another file of this kind, where the torn one has its path.
        byte[] forged = new byte[2_048];
        using (var other = VerdictMemoryDescriptor.Create())
        {
            using (var memory = VerdictMemoryFile.Open(new SafeFileHandle(other.DangerousGetHandle(), ownsHandle: false))!) memory.Keep(Decision(5_000));
            RandomAccess.Read(other, forged, VerdictMemoryDescriptor.Length - VerdictMemoryDescriptor.LogLength);
        }
        int second = Find(Content(), 2);
        RandomAccess.Write(_descriptor, [0, 0, 0, 0], second);
        RandomAccess.Write(_descriptor, forged, second + 640);

        Assert.Equal([1ul, 3ul], ReadAgain().Decisions.Select(d => d.Id));
    }

    [Fact]
    public void Garbage_is_read_as_nothing_and_the_file_can_be_used()
    {
        using (Open())
        {
            // Makes the header.
        }
        var random = new Random(7);
        byte[] garbage = new byte[VerdictMemoryDescriptor.Length - VerdictMemoryDescriptor.HeaderPage];
        random.NextBytes(garbage);
        // With the magic number of records here and there, and lengths of every kind.
        for (int i = 0; i + 64 < garbage.Length; i += 64)
        {
            BitConverter.TryWriteBytes(garbage.AsSpan(i), 0x3152574F);
            if (random.Next(2) == 0) BitConverter.TryWriteBytes(garbage.AsSpan(i + 4), random.Next(-10, 1_000));
        }
        RandomAccess.Write(_descriptor, garbage, VerdictMemoryDescriptor.HeaderPage);
        // Said to be used, all of it and more.
        RandomAccess.Write(_descriptor, BitConverter.GetBytes(int.MaxValue), 128);
        RandomAccess.Write(_descriptor, BitConverter.GetBytes(uint.MaxValue), 192);
        RandomAccess.Write(_descriptor, Enumerable.Repeat((byte)0xff, 512).ToArray(), 512);
        using (var memory = Open())
        {
            var stored = memory.Read();
            Assert.Empty(stored.Decisions);
            Assert.Empty(stored.Denials);
            Assert.Empty(stored.Standings);
            memory.Keep(Decision(1));
            memory.Keep(Denial(1));
        }
        Assert.Equal((1, 1), (ReadAgain().Decisions.Count, ReadAgain().Denials.Count));
    }

    [Fact]
    public void File_of_another_layout_is_emptied()
    {
        using (var memory = Open()) memory.Keep(Decision(1));
        RandomAccess.Write(_descriptor, [99], 4);
        Assert.Empty(ReadAgain().Decisions);
    }

    [Fact]
    public void What_is_not_used_takes_no_memory()
    {
        using (var memory = Open())
        {
            memory.Read();
            memory.Keep(Decision(1));
            memory.Keep(Denial(1));
            memory.ForgetDenial(1, 2);
            memory.ForgetDenials();
            memory.Read();
        }
        // In units of 512 bytes.
        string blocks = Support.TestProcess.Run("/usr/bin/stat", "-L", "-c", "%b", $"/proc/{Environment.ProcessId}/fd/{_descriptor.DangerousGetHandle()}").Output;
        Assert.InRange(int.Parse(blocks, System.Globalization.CultureInfo.InvariantCulture), 1, 4 * 8);
    }

    [Fact]
    public void File_of_another_size_is_refused()
    {
        using var directory = new Support.TempDirectory();
        Assert.Null(VerdictMemoryFile.Open(File.OpenHandle(Path.Combine(directory.Path, "small"), FileMode.CreateNew, FileAccess.ReadWrite)));
    }

    private byte[] Content()
    {
        byte[] all = new byte[VerdictMemoryDescriptor.Length];
        RandomAccess.Read(_descriptor, all, 0);
        return all;
    }

    private static int Find(byte[] all, ulong id)
    {
        for (int i = VerdictMemoryDescriptor.Length - VerdictMemoryDescriptor.LogLength; ; i += 64)
        {
            if (BitConverter.ToUInt32(all, i) == 0x3152574F && (BitConverter.ToUInt64(all, i + 8) ^ BitConverter.ToUInt64(all, 8)) == id) return i;
        }
    }
}
