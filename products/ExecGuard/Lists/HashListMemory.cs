using System.Runtime.InteropServices;

namespace Outwork.Products.ExecGuard.Lists;

/// <summary>
/// A growing array of entries outside the garbage-collected heap: a list of a million is 36 MB that must be gone as soon as
/// a new one is in force, not at some later collection.
/// </summary>
internal sealed unsafe class HashListMemory() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private int _capacity;

    public override bool IsInvalid => handle == 0;

    /// <summary>Entries in use.</summary>
    public int Count { get; private set; }

    /// <summary>The entries in use. Valid until the next <see cref="Add"/>, <see cref="Trim"/> or Dispose.</summary>
    public Span<HashListEntry> Entries => new((void*)handle, Count);

    public void Add(in HashListEntry entry)
    {
        if (Count == _capacity)
            Resize(Math.Max(64, _capacity + (_capacity >> 1)));
        ((HashListEntry*)handle)[Count++] = entry;
    }

    /// <summary>Gives back what was reserved and not used.</summary>
    public void Trim()
    {
        if (Count > 0 && Count < _capacity)
            Resize(Count);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }

    private void Resize(int capacity)
    {
        SetHandle((nint)NativeMemory.Realloc((void*)handle, (nuint)capacity * (nuint)sizeof(HashListEntry)));
        _capacity = capacity;
    }
}
