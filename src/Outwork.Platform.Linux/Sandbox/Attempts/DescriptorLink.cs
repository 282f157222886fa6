using System.Text;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>Where one of the links below <c>/proc/PID</c> leads.</summary>
internal static unsafe class DescriptorLink
{
    private const int Longest = 4096;

    /// <summary>A path, or what the kernel says of something without one (<c>pipe:[1]</c>); null when the process or the descriptor is gone.</summary>
    public static string? Read(string link)
    {
        byte* target = stackalloc byte[Longest];
        nint length;
        fixed (byte* name = Encoding.UTF8.GetBytes(link + '\0'))
            length = Interop.readlink_raw(name, target, Longest);
        return length <= 0 ? null : BytePath.FromBytes(new ReadOnlySpan<byte>(target, (int)length));
    }
}
