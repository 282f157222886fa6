namespace Outwork.Platform.Linux.Mounts;

/// <summary>Device numbers as st_dev has them (makedev(3)) and as the mount table prints them.</summary>
public static class DeviceNumber
{
    /// <summary>As <c>major:minor</c>.</summary>
    public static string Format(ulong device) =>
        $"{((device >> 32) & 0xfffff000) | ((device >> 8) & 0xfff)}:{((device >> 12) & 0xffffff00) | (device & 0xff)}";
}
