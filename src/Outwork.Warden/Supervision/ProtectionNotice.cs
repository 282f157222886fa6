using System.Globalization;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>The one line that says that protection is on.</summary>
internal static class ProtectionNotice
{
    /// <summary>For whoever started the warden and waits.</summary>
    public static string Format(
        WardenOptions options, IReadOnlyList<SupervisedChild> children, GuardingReport guarding, TimeSpan sinceStart, bool isService)
    {
        string time = sinceStart.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        string stop = isService ? "" : " Stop with Ctrl-C.";
        return $"Outwork protection is on: {Describe(options, children, guarding)}, after {time} s.{stop}";
    }

    /// <summary>What is guarded, and by what.</summary>
    public static string Describe(WardenOptions options, IReadOnlyList<SupervisedChild> children, GuardingReport guarding)
    {
        string fileSystems = options.Mount == "/"
            ? $" ({guarding.FileSystems} file system{(guarding.FileSystems == 1 ? "" : "s")})"
            : "";
        return $"guarding {options.Mount}{fileSystems}, {guarding.Judged} judged, {FormatProducts(children)}";
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
