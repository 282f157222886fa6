using System.Globalization;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>The environment of a product, as the warden gives it: only what is listed here.</summary>
public static class ProductEnvironment
{
    /// <summary>The product's end of its session has this number.</summary>
    public const int SessionDescriptor = 3;

    /// <summary>The variables of every product.</summary>
    public static List<KeyValuePair<string, string>> Create() =>
    [
        new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
        new("DOTNET_ROOT", CurrentProcess.RuntimeDirectory),
        new("DOTNET_EnableDiagnostics", "0"),
        new("DOTNET_GCgen0size", "400000"),
        new("DOTNET_TieredPGO", "0"),
        new("OUTWORK_SESSION_FD", SessionDescriptor.ToString(CultureInfo.InvariantCulture)),
    ];
}
