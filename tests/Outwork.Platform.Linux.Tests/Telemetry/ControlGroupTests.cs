using Outwork.Broker.Processes;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

public sealed class ControlGroupTests
{
    private static readonly string Id = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    [Theory]
    [InlineData("/docker/{0}", true)]
    [InlineData("/system.slice/docker-{0}.scope", true)]
    [InlineData("/system.slice/docker-{0}.scope/init", true)]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{0}.scope", true)]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/crio-{0}.scope", true)]
    [InlineData("/machine.slice/libpod-{0}.scope/container", true)]
    [InlineData("/system.slice/containerd.service/kubepods-besteffort.slice:cri-containerd:{0}", true)]
    [InlineData("/kubepods/burstable/pod1/{0}", true)]
    [InlineData("/machine.slice/libpod-conmon-{0}.scope", false)]
    [InlineData("/user.slice/user-0.slice/session-1.scope", false)]
    [InlineData("/", false)]
    [InlineData("", false)]
    public void Container_is_found_in_the_forms_of_the_runtimes(string form, bool found) =>
        Assert.Equal(found ? Id : null, ControlGroupPath.FindContainer(string.Format(form, Id)));

    [Fact]
    public void Short_id_counts_only_below_a_runtime()
    {
        Assert.Equal(Id[..32], ControlGroupPath.FindContainer($"/ecs/{Id[..32]}"));
        Assert.Null(ControlGroupPath.FindContainer($"/service/{Id[..32]}"));
    }

    [Fact]
    public void Any_hierarchy_of_a_process_may_name_its_container() =>
        Assert.Equal(Id, ControlGroupPath.FindContainerInList($"9:name=systemd:/\n4:memory:/docker/{Id}\n0::/\n"));

    [Fact]
    public void Group_of_an_event_is_resolved_off_the_asking_thread()
    {
        RequiresRoot.Check();
        string mount = File.ReadLines("/proc/self/mountinfo").First(l => l.Contains(" - cgroup2 ", StringComparison.Ordinal)).Split(' ')[4];
        string group = $"{mount}/docker-{Id}.scope";
        Directory.CreateDirectory(group);
        try
        {
            using ControlGroupNames names = new();
            (BpfTelemetry? telemetry, MechanismStatus status) = BpfTelemetry.Start(new BpfTelemetryOptions());
            Assert.True(telemetry is not null, status.Detail);
            using (telemetry)
            {
                TestProcess child = TestProcess.Run("/bin/sh", "-c", $"echo 0 > {group}/cgroup.procs && exec /bin/true");
                Assert.Equal("", child.Errors);
                ulong id = new RecordingSink().WaitForExit(telemetry, child.Pid).FindAll(e => e.Kind == EventKind.Exec)[^1].Facts.ControlGroupId;
                Assert.Equal($"/docker-{Id}.scope", names.FindPath(id));
                string? container = null;
                Assert.True(SpinWait.SpinUntil(() => names.TryFind(id, out container), TimeSpan.FromSeconds(10)));
                Assert.Equal(Id, container);
            }
        }
        finally
        {
            Directory.Delete(group);
        }
    }
}
