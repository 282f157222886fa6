using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

/// <summary>An attached program; released, the program no longer runs.</summary>
internal sealed class SafeBpfLinkHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public SafeBpfLinkHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle() => Interop.bpf_link__destroy(handle) == 0;
}
