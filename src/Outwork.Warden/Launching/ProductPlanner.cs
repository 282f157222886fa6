using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Warden.Launching;

/// <summary>
/// Decides before anything is guarded which products start, and with what: their manifests, what the administrator allowed, what
/// this kernel can enforce. A product that may not start is told of and left out; the others start.
/// </summary>
internal sealed class ProductPlanner(WardenOptions options, ControlGroups groups, DelegatedControlGroup? delegated)
{
    private readonly List<ConfinementGap> _gaps = ConfinementSupport.FindGaps();

    /// <summary>The plan; null for a product that does not start.</summary>
    public ProductPlan? Plan(ProductOption product)
    {
        ProductManifestFile file = ProductManifestFile.Read(
            product.Program, product.Name, options.NetworkAllowed.Contains(product.Name));
        if (file.Grant is not { } grant)
        {
            foreach (ManifestFault fault in file.Faults)
                Output.WriteError($"{product.Name} is NOT STARTED: {file.Path}: {fault}");
            return null;
        }

        var limits = new ResourceLimits(grant.MemoryMiB * 1024L * 1024L, grant.CpuPercent, grant.Processes);
        List<string> folders = groups.Create(product.Name, limits, out List<string> missing);
        if (!MayStart(product.Name, missing))
            return null;

        // Where version 1 limits, version 2 does nothing but keep it apart.
        if (delegated is not null && !folders.Exists(folder => folder.StartsWith(delegated.Path + "/", StringComparison.Ordinal)))
            folders.Add(delegated.Create("product-" + product.Name));
        return new ProductPlan(product.Name, product.Program, grant, folders, missing.Contains("memory"));
    }

    private bool MayStart(string name, List<string> missingControllers)
    {
        List<ConfinementGap> gaps =
        [
            .. _gaps.Where(static gap => !gap.Mechanism.StartsWith("cgroup ", StringComparison.Ordinal)),
            .. missingControllers.Select(ConfinementSupport.WithoutController),
        ];
        bool refused = !options.AllowWeakerConfinement && gaps.Exists(static gap => gap.Essential);
        foreach (ConfinementGap gap in gaps)
        {
            if (!gap.Essential)
                continue;
            Output.WriteError(refused
                ? $"{name} is NOT STARTED: it cannot be confined fully: {gap.Mechanism}: {gap.Lost} To run it all the same: --allow-weaker-confinement"
                : $"WARNING: {name} runs with WEAKER CONFINEMENT: {gap.Mechanism}: {gap.Lost}");
        }

        return !refused;
    }
}
