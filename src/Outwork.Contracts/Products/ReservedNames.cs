namespace Outwork.Contracts.Products;

/// <summary>Names of Outwork's own processes: a product's lines in the log, its control group and its line in the status would pass for theirs.</summary>
public static class ReservedNames
{
    private static readonly string[] Names = ["agent", "broker", "warden", "keeper", "trial"];

    /// <summary>True when no product may be called so.</summary>
    public static bool Contains(string name) => Array.IndexOf(Names, name) >= 0;
}
