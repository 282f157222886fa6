using System.Globalization;

namespace Outwork.EndToEnd.Tests;

/// <summary>Outwork as a service of a real systemd.</summary>
public sealed class ServiceTests(PrivateSystemd machine) : IClassFixture<PrivateSystemd>
{
    [Fact]
    public void Install_returns_when_the_service_guards()
    {
        machine.Protect();
        Assert.Equal("active", machine.Property("ActiveState"));
        Assert.Equal("guarding /mnt/guarded, exec and open judged, product execguard", machine.Property("StatusText"));
        Assert.Equal("enabled", machine.Run("systemctl", "is-enabled", "outwork.service").Output.Trim());
        Assert.Equal("outwork.slice", machine.Property("Slice"));

        // Again is an upgrade: the service is started anew.
        string pid = machine.Property("MainPID");
        machine.AssertSuccess(machine.Run(PrivateSystemd.Script, "install", "--yes"));
        Assert.NotEqual(pid, machine.Property("MainPID"));
        Assert.True(machine.Refuses());
    }

    [Fact]
    public void Units_have_no_fault_that_systemd_knows()
    {
        machine.Protect();
        TestProcess verify = machine.Run("systemd-analyze", "verify", "outwork.service", "outwork.slice");
        Assert.Equal((0, "", ""), (verify.ExitCode, verify.Output, verify.Errors));
    }

    [Fact]
    public void Each_process_has_a_control_group_of_its_own()
    {
        machine.Protect();
        Dictionary<string, int[]> groups = machine.Groups();
        Assert.Empty(groups["."]);
        foreach (string name in (string[])["./warden", "./broker", "./agent"])
            Assert.Single(groups[name]);
        Assert.Equal(machine.Property("MainPID"), groups["./warden"][0].ToString(CultureInfo.InvariantCulture));
        Assert.Equal(4, groups.Values.Sum(static pids => pids.Length));
    }

    [Fact]
    public void Warden_that_is_killed_comes_back_with_its_guard()
    {
        machine.Protect();
        string pid = machine.Property("MainPID");
        machine.AssertSuccess(machine.Run("kill", "-9", pid));
        TimeSpan back = machine.Eventually(() => machine.Refuses() && machine.Property("MainPID") != pid, "the guard");
        Assert.InRange(back.TotalSeconds, 0, 5);
        machine.Eventually(() => machine.Property("ActiveState") == "active", "readiness");
    }

    [Fact]
    public void Broker_whose_control_group_is_killed_takes_nobody_with_it()
    {
        machine.Protect();
        string pid = machine.Property("MainPID");
        int broker = machine.Groups()["./broker"][0];
        machine.AssertSuccess(machine.Shell("echo 1 > /sys/fs/cgroup/outwork.slice/outwork.service/broker/cgroup.kill"));
        machine.Eventually(() => machine.Groups()["./broker"] is [var other] && other != broker && machine.Refuses(), "a broker");
        Assert.Equal(pid, machine.Property("MainPID"));
    }

    [Fact]
    public void Warden_that_is_stuck_is_ended_by_the_watchdog_and_comes_back()
    {
        machine.Protect();
        string pid = machine.Property("MainPID");
        machine.AssertSuccess(machine.Run("kill", "-STOP", pid));
        // The broker needs no warden to judge.
        Assert.True(machine.Refuses());
        TimeSpan back = machine.Eventually(() => machine.Property("MainPID") is var other && other != pid && other != "0" && machine.Refuses(), "another warden");
        Assert.InRange(back.TotalSeconds, 5, 20);
        Assert.Contains("outwork.service: Watchdog timeout", machine.Journal());
    }

    [Fact]
    public void Stop_leaves_nothing_and_the_machine_open()
    {
        machine.Protect();
        Assert.Equal("1", Marks());
        machine.AssertSuccess(machine.Run("systemctl", "stop", "outwork.service"));
        Assert.Equal("success", machine.Property("Result"));
        Assert.Equal("0", Marks());
        Assert.NotEqual(126, machine.Shell(PrivateSystemd.EicarScript).ExitCode);
        Assert.Equal("", machine.Processes());
        Assert.Equal("", machine.Shell("ls -d /run/outwork /sys/fs/cgroup/outwork.slice/outwork.service").Output);
        Assert.Equal("", machine.Shell("find /run/cgroup -name '*outwork*'").Output);
        Assert.DoesNotContain("/run/outwork", machine.Run("cat", "/proc/1/mountinfo").Output);
    }

    [Fact]
    public void Up_is_refused_while_the_service_runs()
    {
        machine.Protect();
        TestProcess up = machine.Run(PrivateSystemd.Script, "up", "--headless", "--yes", "--mount", "/mnt/guarded");
        Assert.Equal(5, up.ExitCode);
        Assert.Contains("See: systemctl status outwork", up.Errors);
        Assert.True(machine.Refuses());
    }

    [Fact]
    public void Unit_takes_nothing_away_that_a_mechanism_needs()
    {
        machine.Protect();
        Dictionary<string, bool> asService = machine.Mechanisms();
        machine.AssertSuccess(machine.Run("systemctl", "stop", "outwork.service"));
        string up = machine.Shell("setsid /var/lib/outwork/bin/outwork up --headless --mount /mnt/guarded >/tmp/up.log 2>&1 & echo $!").Output.Trim();
        machine.Eventually(machine.Refuses, "protection by up");
        Dictionary<string, bool> otherwise = machine.Mechanisms();
        machine.AssertSuccess(machine.Run("kill", up));
        machine.Eventually(() => machine.Processes().Length == 0, "the end of up");
        Assert.NotEmpty(otherwise);
        Assert.Equal(otherwise, asService);
    }

    [Fact]
    public void Service_that_cannot_start_says_why_and_is_tried_again()
    {
        machine.Protect();
        machine.AssertSuccess(machine.Run("systemctl", "stop", "outwork.service"));
        machine.AssertSuccess(machine.Shell("sed -i.good 's|$| --state-dir /dev/null/state|' /etc/outwork/service.env"));
        machine.AssertSuccess(machine.Run("systemctl", "start", "--no-block", "outwork.service"));
        machine.Eventually(() => machine.Property("StatusText").StartsWith("failed, protection is off: "), "the reason");
        Assert.Equal("activating", machine.Property("ActiveState"));
        machine.AssertSuccess(machine.Run("mv", "/etc/outwork/service.env.good", "/etc/outwork/service.env"));
        machine.Eventually(() => machine.Property("ActiveState") == "active" && machine.Refuses(), "protection");
    }

    [Fact]
    public void Uninstall_removes_the_service_and_everything_that_it_kept()
    {
        machine.Protect();
        machine.AssertSuccess(machine.Shell($"cp -a {PrivateSystemd.Built} /root/built"));
        try
        {
            machine.AssertSuccess(machine.Run(PrivateSystemd.Script, "uninstall", "--yes"));
            Assert.Equal("not-found", machine.Property("LoadState"));
            Assert.Equal("", machine.Processes());
            Assert.Equal(
                "/etc/systemd/system/outwork-test.target\n",
                machine.Shell($"find /etc/systemd/system /var/lib /run -name '*outwork*'; ls -d {PrivateSystemd.Built}").Output);
            Assert.NotEqual(126, machine.Shell(PrivateSystemd.EicarScript).ExitCode);
        }
        finally
        {
            // The others need it again.
            machine.AssertSuccess(machine.Shell($"rm -rf {PrivateSystemd.Built} && mv /root/built {PrivateSystemd.Built}"));
        }
    }

    // Descriptors with marks on a mount or file system, of whatever process.
    private string Marks() => machine.Shell("grep -l 'fanotify \\(mnt_id\\|sdev\\)' /proc/[0-9]*/fdinfo/* 2>/dev/null | wc -l").Output.Trim();
}
