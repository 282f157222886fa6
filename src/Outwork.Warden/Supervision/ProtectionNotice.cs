using System.Globalization;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Supervision;

/// <summary>The one line that says that protection is on.</summary>
internal static class ProtectionNotice
{
    /// <summary>For whoever started the warden and waits.</summary>
    public static string Format(
        WardenOptions options, IReadOnlyList<SupervisedChild> children, IReadOnlyList<ProductDownCommand> refused, GuardingReport guarding, TimeSpan sinceStart, bool isService)
    {
        string time = sinceStart.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        string stop = isService ? "" : " Stop with Ctrl-C.";
        return $"Outwork protection is on: {Describe(options, children, refused, guarding)}, after {time} s.{stop}";
    }

    /// <summary>What is guarded, and by what.</summary>
    public static string Describe(
        WardenOptions options, IReadOnlyList<SupervisedChild> children, IReadOnlyList<ProductDownCommand> refused, GuardingReport guarding)
    {
        string fileSystems = options.Mount == "/"
            ? $" ({guarding.FileSystems} file system{(guarding.FileSystems == 1 ? "" : "s")})"
            : "";
        return $"guarding {options.Mount}{fileSystems}, {guarding.Judged} judged, {FormatProducts(children, refused, guarding)}";
    }

    // One that was refused, has ended or is not heard of judges nothing: who reads this line alone must not believe that it does.
    private static string FormatProducts(IReadOnlyList<SupervisedChild> children, IReadOnlyList<ProductDownCommand> refused, GuardingReport guarding)
    {
        string[] notSubscribed = guarding.NotSubscribed.Split(',');
        ILookup<bool, string> products = children
            .Where(static child => child.Product is not null)
            .ToLookup(child => child.Process is not null && !notSubscribed.Contains(child.Name), static child => child.Name);
        string[] missing = [.. products[false], .. refused.Select(static product => product.Name)];
        string running = products[true].ToArray() switch
        {
            [] => "no product",
            [var name] => "product " + name,
            var names => "products " + string.Join(", ", names),
        };
        return missing.Length == 0 ? running : $"{running}, NOT JUDGING: {string.Join(", ", missing)} (see: outwork status)";
    }
}
