using System.Runtime.InteropServices;
using Outwork.Products.ExecGuard.Interop;

namespace Outwork.Products.ExecGuard.Rules;

/// <summary>Owns a YR_COMPILER. One thread at a time.</summary>
internal sealed class YaraCompilerHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibYara.yr_compiler_destroy(handle);
        return true;
    }
}

/// <summary>Owns compiled YR_RULES. Immutable; any number of threads may scan with it.</summary>
internal sealed class YaraRulesHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LibYara.yr_rules_destroy(handle) == LibYara.ERROR_SUCCESS;
}
