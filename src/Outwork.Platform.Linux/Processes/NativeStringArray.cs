using System.Runtime.InteropServices;
using System.Text;

namespace Outwork.Platform.Linux.Processes;

/// <summary>A null-terminated array of C strings in one native block, as argv and envp are passed.</summary>
internal sealed unsafe class NativeStringArray : SafeHandle
{
    public NativeStringArray(IReadOnlyList<string> strings)
        : base(0, ownsHandle: true)
    {
        int bytes = (strings.Count + 1) * sizeof(nint);
        for (int i = 0; i < strings.Count; i++)
            bytes += Encoding.UTF8.GetByteCount(strings[i]) + 1;

        var block = (byte*)NativeMemory.Alloc((nuint)bytes);
        SetHandle((nint)block);
        byte* text = block + ((strings.Count + 1) * sizeof(nint));
        byte* end = block + bytes;
        for (int i = 0; i < strings.Count; i++)
        {
            Pointer[i] = text;
            text += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(text, (int)(end - text)));
            *text++ = 0;
        }

        Pointer[strings.Count] = null;
    }

    public byte** Pointer => (byte**)handle;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
