using System.Text;
using Outwork.TestAssets.TemplateGuard.Interop;

namespace Outwork.TestAssets.TemplateGuard;

/// <summary>
/// What the interpreter is given of an event: an array of 20 fields of 64 bytes. It ends where its memory ends: what lies behind is nobody's, so
/// that reading a 21st field ends the process instead of finding what happens to be there.
/// </summary>
internal sealed unsafe class InputFields : IDisposable
{
    /// <summary>How many there are.</summary>
    public const int Count = 20;

    /// <summary>Bytes of one, with a zero at its end.</summary>
    public const int Length = 64;

    private const int Page = 4096;
    private readonly byte* _pages;
    private readonly byte* _first;

    public InputFields()
    {
        _pages = Libc.mmap(null, 2 * Page, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if ((nint)_pages == -1 || Libc.mprotect(_pages + Page, Page, Libc.PROT_NONE) != 0)
            throw new InvalidOperationException("no memory for the input fields");
        _first = _pages + Page - (Count * Length);
    }

    /// <summary>The address of a field. Not checked: that is the defect.</summary>
    public byte* this[int index] => _first + (index * Length);

    /// <summary>Puts a text into a field, cut to its length.</summary>
    public void Set(int index, string text)
    {
        var field = new Span<byte>(_first + (index * Length), Length);
        field.Clear();
        _ = Encoding.UTF8.TryGetBytes(text.Length < Length / 3 ? text : text[..(Length / 3)], field[..(Length - 1)], out _);
    }

    public void Dispose() => _ = Libc.munmap(_pages, 2 * Page);
}
