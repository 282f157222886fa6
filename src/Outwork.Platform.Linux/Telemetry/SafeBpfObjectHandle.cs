using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux;

/// <summary>A libbpf object: owns its maps and programs, which the kernel drops with their descriptors.</summary>
internal sealed class SafeBpfObjectHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public SafeBpfObjectHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        Interop.bpf_object__close(handle);
        return true;
    }
}
