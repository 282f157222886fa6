using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>What is remembered, here and in the kernel, and what makes it be forgotten.</summary>
public sealed class CacheTests
{
    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Program_allowed_once_is_allowed_by_the_kernel_from_then_on(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string program = mount.CopyProgram("/bin/true", "true");
        var product = TestProduct.Denying("MALICIOUS");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), product);
        TestProcess.Run(program);
        BrokerUnderTest.Eventually(() => broker.Counter("cache.marks") >= 1, "the mark");
        ulong before = broker.Counter("auth.events");

        for (int i = 0; i < 20; i++) Assert.Equal(0, TestProcess.Run(program).ExitCode);

        Assert.Single(product.Asked);
        Assert.Equal(before, broker.Counter("auth.events"));
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void File_changed_after_it_was_cached_as_allowed_is_judged_again(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string script = mount.Write("tool.sh", "#!/bin/sh\necho harmless\n", executable: true);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));
        Assert.Equal("harmless\n", TestProcess.Run(script).Output);
        BrokerUnderTest.Eventually(() => broker.Counter("cache.marks") >= 1, "the mark");

        mount.Write("tool.sh", "#!/bin/sh\necho MALICIOUS\n", executable: true);

        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", script).ExitCode);
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void File_that_a_user_changes_through_a_shared_mapping_is_judged_again_at_once(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string script = mount.Write("tool.sh", "#!/bin/sh\necho harmless!\n", executable: true);
        FileOwnership.GiveTo(script, 65_000);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));
        for (int i = 0; i < 3; i++) Assert.Equal("harmless!\n", TestProcess.Run("/bin/sh", script).Output);

        using (var mapping = System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile(script, FileMode.Open))
        using (var view = mapping.CreateViewAccessor())
        {
            byte[] bad = "MALICIOUS"u8.ToArray();
            view.WriteArray(15, bad, 0, bad.Length);

            // The mapping still stands: no close, and on tmpfs not even another time, tells that the content changed.
            Assert.Equal("", TestProcess.Run("/bin/sh", script).Output);
        }
        for (int i = 0; i < 3; i++) Assert.Equal("", TestProcess.Run("/bin/sh", script).Output);
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Allowance_of_a_script_that_somebody_could_write_while_it_was_judged_does_not_count(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string script = mount.Write("tool.sh", "#!/bin/sh\necho harmless!\n", executable: true);
        FileOwnership.GiveTo(script, 65_000);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed), TestProduct.Denying("MALICIOUS"));

        using (File.Open(script, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            Assert.Equal("", TestProcess.Run("/bin/sh", script).Output);
        }

        Assert.Equal(VerdictFailure.ContentChanged, broker.DecisionAbout(script).Failure);
        Assert.Equal("harmless!\n", TestProcess.Run("/bin/sh", script).Output);
    }

    [Fact]
    public void Program_that_a_user_opens_to_change_it_is_not_taken_for_changed()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        FileOwnership.GiveTo(program, 65_000);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed), TestProduct.Denying("MALICIOUS"));

        Assert.Equal(0, TestProcess.Run("dd", "if=/dev/zero", $"of={program}", "conv=notrunc", "bs=1", "count=1", "seek=1000000").ExitCode);

        Assert.Equal(0UL, broker.Counter("failure.content-changed"));
    }

    [Fact]
    public void Verdict_about_one_way_of_running_a_file_says_nothing_about_another()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string script = mount.Write("bad.sh", "#!/bin/sh\necho MALICIOUS\n", executable: true);
        var policy = Policies.AskGuard();
        policy = policy with { Rules = [policy.Rules[0] with { Match = new RuleMatch { Via = [Contracts.Events.ExecVia.Direct, Contracts.Events.ExecVia.Loader] } }] };
        string program = mount.CopyProgram("/bin/true", "true");
        File.AppendAllText(program, "MALICIOUS");
        GuardedMount.Settle();
        using var broker = new BrokerUnderTest(mount, policy, TestProduct.Denying("MALICIOUS"));

        for (int i = 0; i < 4; i++) Assert.Equal(0, TestProcess.Run("/bin/cat", program, script).ExitCode);

        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Policy_change_takes_effect_on_a_file_cached_as_allowed(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));
        Assert.Equal(0, TestProcess.Run(program).ExitCode);
        BrokerUnderTest.Eventually(() => broker.Counter("cache.marks") >= 1, "the mark");

        broker.Apply(Policies.OfPath(program, RuleAction.Deny));
        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", program).ExitCode);

        broker.Apply(new PolicyDocument());
        Assert.Equal(0, TestProcess.Run(program).ExitCode);
    }

    [Fact]
    public void Denial_that_depends_on_the_path_does_not_follow_the_file_to_another_path()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        FileOwnership.GiveTo(program, 65_000);
        using var broker = new BrokerUnderTest(mount, Policies.OfPath(mount["denied"], RuleAction.Deny));
        Assert.Equal(0, TestProcess.Run(program).ExitCode);

        File.Move(program, mount["denied"]);

        Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", mount["denied"]).ExitCode);
    }

    [Fact]
    public void Denied_content_stays_denied_from_the_cache_and_each_denial_is_recorded()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string script = mount.Write("bad.sh", "#!/bin/sh\necho MALICIOUS\n", executable: true);
        var product = TestProduct.Denying("MALICIOUS");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), product);

        for (int i = 0; i < 3; i++) Assert.Equal(126, TestProcess.Run("/bin/sh", "-c", script).ExitCode);

        Assert.Single(product.Asked);
        BrokerUnderTest.Eventually(() => broker.Decisions().Count(d => d.Path == script) == 3, "three records");
        var cached = broker.Decisions().Last(d => d.Path == script);
        Assert.Equal((VerdictSource.Cache, broker.DecisionAbout(script).Id), (cached.Source, cached.CachedFrom));
    }

    [Fact]
    public void Data_opened_again_and_again_is_judged_ahead_and_then_left_to_the_kernel()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string data = mount.Write("data.txt", "nothing to see\n");
        var product = TestProduct.Denying("MALICIOUS");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), product);

        for (int i = 0; i < 3; i++) TestProcess.Run("/bin/cat", data);
        BrokerUnderTest.Eventually(() => broker.Counter("cache.marks") >= 1, "the mark");
        ulong before = broker.Counter("auth.events");
        for (int i = 0; i < 5; i++) TestProcess.Run("/bin/cat", data);

        Assert.True(Assert.Single(product.Asked).IsPrejudged);
        Assert.Equal(before, broker.Counter("auth.events"));
    }
}
