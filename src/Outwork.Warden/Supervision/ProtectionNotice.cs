using System.Globalization;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>The one line that says that protection is on.</summary>
internal static class ProtectionNotice
{
    public static string Format(WardenOptions options, IReadOnlyList<SupervisedChild> children, GuardingReport guarding, TimeSpan sinceStart)
    {
        string fileSystems = options.Mount == "/"
            ? $" ({guarding.FileSystems} file system{(guarding.FileSystems == 1 ? "" : "s")})"
            : "";
        string time = sinceStart.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return $"Outwork protection is on: guarding {options.Mount}{fileSystems}, {guarding.Judged} judged, " +
            $"{FormatProducts(children)}, after {time} s. Stop with Ctrl-C.";
    }

    // Those that start: one with a wrong manifest does not.
    private static string FormatProducts(IReadOnlyList<SupervisedChild> children)
    {
        string[] names = [.. children.Where(static child => child.Product is not null).Select(static child => child.Name)];
        return names.Length switch
        {
            0 => "no product",
            1 => "product " + names[0],
            _ => "products " + string.Join(", ", names),
        };
    }
}
