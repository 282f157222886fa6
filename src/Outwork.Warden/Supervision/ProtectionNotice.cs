using System.Globalization;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>The one line that says that protection is on.</summary>
internal static class ProtectionNotice
{
    public static string Format(WardenOptions options, GuardingReport guarding, TimeSpan sinceStart)
    {
        string fileSystems = options.Mount == "/"
            ? $" ({guarding.FileSystems} file system{(guarding.FileSystems == 1 ? "" : "s")})"
            : "";
        string time = sinceStart.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"Outwork protection is on: guarding {options.Mount}{fileSystems}, {guarding.Judged} judged, " +
            $"{FormatProducts(options.Products)}, after {time} s. Stop with Ctrl-C.";
    }

    private static string FormatProducts(IReadOnlyList<ProductOption> products)
    {
        if (products.Count == 0)
            return "no product";
        var names = new string[products.Count];
        for (int i = 0; i < names.Length; i++)
            names[i] = products[i].Name;
        return (names.Length == 1 ? "product " : "products ") + string.Join(", ", names);
    }
}
