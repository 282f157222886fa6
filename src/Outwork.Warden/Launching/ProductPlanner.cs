using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Warden.Launching;

/// <summary>
/// Decides before anything is guarded which products start, and with what: their manifests, what the administrator allowed, what
/// this kernel can enforce. A product that may not start is told of and left out; the others start.
/// </summary>
internal sealed class ProductPlanner(WardenOptions options, ControlGroups groups, DelegatedControlGroup? delegated)
{
    private readonly List<ConfinementGap> _gaps = ConfinementSupport.FindGaps();

    /// <summary>The plan; null for a product that does not start.</summary>
    /// <param name="product">The product.</param>
    /// <param name="refusals">Gets why it does not start, for people.</param>
    public ProductPlan? Plan(ProductOption product, List<string> refusals)
    {
        // As for our own programs: not for a part of the machine.
        if (options.Mount == "/" && TrustedPrograms.FindWritable(product) is { } writable)
        {
            refusals.Add($"{writable}: not root's alone to write, and root would start what is there. To trust it: chown root:root and chmod go-w {writable}");
            return null;
        }

        ProductManifestFile file = ProductManifestFile.Read(
            product.Program, product.Name, options.NetworkAllowed.Contains(product.Name),
            options.ResourcesAllowed.Contains(product.Name) ? null : CurrentProcess.ProductShare);
        if (file.Grant is not { } grant)
        {
            refusals.AddRange(file.Faults.Select(fault => $"{file.Path}: {fault}"));
            return null;
        }

        foreach (string cut in file.Cuts)
            Output.WriteError($"{product.Name} gets {cut}: no more of this machine without --allow-resources {product.Name}");
        var limits = new ResourceLimits(grant.MemoryMiB * 1024L * 1024L, grant.CpuPercent, grant.Processes);
        List<string> folders = groups.Create(product.Name, limits, out List<string> missing);
        if (!MayStart(product.Name, grant, missing, refusals))
            return null;
        delegated?.KeepApart(folders, "product-" + product.Name);
        bool limitsDataFolder = !_gaps.Exists(static gap => gap.Mechanism == DataVolume.Mechanism);
        return new ProductPlan(product.Name, product.Program, grant, folders, missing.Contains("memory"), limitsDataFolder);
    }

    /// <summary>The plan of the second instance of a product that has one.</summary>
    public TrialPlan PlanTrial(ProductPlan product, uint user)
    {
        // No product's name has a dot.
        string name = "trial." + product.Name;
        var limits = new ResourceLimits(product.Grant.MemoryMiB * 1024L * 1024L, product.Grant.CpuPercent, product.Grant.Processes);
        List<string> folders = groups.Create(name, limits, out List<string> missing);
        delegated?.KeepApart(folders, name);
        return new TrialPlan(product with { ControlGroups = folders, LimitsDataByProcess = missing.Contains("memory") }, user);
    }

    private bool MayStart(string name, ProductGrant grant, List<string> missingControllers, List<string> refusals)
    {
        List<ConfinementGap> gaps =
        [
            .. _gaps.Where(gap => !gap.Mechanism.StartsWith("cgroup ", StringComparison.Ordinal) && ConfinementSupport.Concerns(gap, grant)),
            .. missingControllers.Select(ConfinementSupport.WithoutController),
        ];
        bool refused = !options.AllowWeakerConfinement && gaps.Exists(static gap => gap.Essential);
        foreach (ConfinementGap gap in gaps)
        {
            if (!gap.Essential)
                continue;
            if (refused)
                refusals.Add($"it cannot be confined fully: {gap.Mechanism}: {gap.Lost} To run it all the same: --allow-weaker-confinement");
            else
                Output.WriteError($"WARNING: {name} runs with WEAKER CONFINEMENT: {gap.Mechanism}: {gap.Lost}");
        }

        return !refused;
    }
}
