using Outwork.Products.ExecGuard.Interop;

namespace Outwork.Products.ExecGuard.Rules;

/// <summary>The native library, initialized once a process.</summary>
internal static class YaraLibrary
{
    private static readonly Lazy<string?> Fault = new(Initialize);

    /// <summary>Why the library cannot be used, or null when it is ready. Thread-safe.</summary>
    public static string? Unavailable => Fault.Value;

    private static string? Initialize()
    {
        try
        {
            int error = LibYara.yr_initialize();
            if (error != LibYara.ERROR_SUCCESS)
                return $"libyara does not initialize (error {error})";

            // Half a kilobyte of the file would be copied for each match; nobody reads it.
            error = LibYara.yr_set_configuration_uint32(LibYara.YR_CONFIG_MAX_MATCH_DATA, 0);
            return error == LibYara.ERROR_SUCCESS ? null : $"libyara does not take its configuration (error {error})";
        }
        catch (DllNotFoundException)
        {
            return "libyara.so.9 is not installed (Debian: libyara9)";
        }
    }
}
