using Outwork.Contracts.Control;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Storage;
using Outwork.Platform.Linux.Telemetry;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>What of the confinement this kernel can enforce, asked and not guessed from its version.</summary>
public static class ConfinementSupport
{
    private const string NotTold = "What a product is refused, system calls and files, is refused and not told.";

    /// <summary>What is missing here; empty where all is enforced.</summary>
    public static List<ConfinementGap> FindGaps()
    {
        var gaps = new List<ConfinementGap>();
        if (!SystemCallFilter.IsSupported)
            gaps.Add(new("seccomp", "System calls are not filtered; no capabilities and a user of its own still hold.", true));
        else if (!SystemCallFilter.CanNotify)
            gaps.Add(new("seccomp user notification", NotTold, false));
        AddFileGaps(gaps);
        if (DataVolume.FindGap() is { } noLimit)
            gaps.Add(noLimit);
        if (!File.Exists("/proc/self/ns/net"))
            gaps.Add(new("network namespaces", "Only the system call filter keeps it from the network.", true));
        List<ControlGroupController> controllers = ControlGroupHierarchies.Find();
        foreach (string controller in ControlGroupHierarchies.Controllers)
        {
            if (!controllers.Exists(usable => usable.Name == controller))
                gaps.Add(WithoutController(controller));
        }

        return gaps;
    }

    /// <summary>False for what a product does not use.</summary>
    public static bool Concerns(ConfinementGap gap, ProductGrant? grant) => gap.Mechanism != DataVolume.Mechanism || grant is not { Data: false };

    /// <summary>Whether attempts are told, for the status; on any thread.</summary>
    public static MechanismStatus ProbeTelling() => SystemCallFilter.CanNotify
        ? new MechanismStatus(MechanismNames.CallNotification, InForce: true, "products' attempts to reach beyond their confinement are events", "")
        : new MechanismStatus(MechanismNames.CallNotification, InForce: false, "refused by the kernel", NotTold);

    /// <summary>What it means that a product has no control group of this controller.</summary>
    public static ConfinementGap WithoutController(string controller) => controller switch
    {
        "memory" => new("cgroup memory", "Memory is limited for each process (RLIMIT_DATA), not for all of the product's together.", false),
        "pids" => new("cgroup pids", "Processes and threads are limited by user (RLIMIT_NPROC).", false),
        _ => new("cgroup cpu", "Processor time is not limited.", true),
    };

    private static void AddFileGaps(List<ConfinementGap> gaps)
    {
        int version = FileAccessRules.Version;
        if (version == 0)
            gaps.Add(new("Landlock", "It can open every file that everybody may read; its user and the private mounts still hold.", true));
        if (version is > 0 and < 3)
            gaps.Add(new("Landlock: truncation", "A file that its user may write, outside its folders, could be truncated.", false));
        if (version is > 0 and < 5)
            gaps.Add(new("Landlock: device control", "Devices that it may open take any ioctl; it may open none but null, zero, full and random.", false));
        if (version is > 0 and < 6)
            gaps.Add(new("Landlock: signals", "Signals to others are refused because of its user only.", false));
    }
}
