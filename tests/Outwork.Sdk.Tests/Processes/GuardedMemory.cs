namespace Outwork.Sdk.Tests.Processes;

/// <summary>Zeroed memory that ends where a page begins that nobody may touch: one byte read beyond it ends the test run.</summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int Page = 4096;
    private readonly nint _base;
    private readonly nuint _mapped;

    public GuardedMemory(int length)
    {
        nuint usable = (nuint)((length + Page - 1) / Page * Page);
        _mapped = usable + Page;
        // MAP_PRIVATE | MAP_ANONYMOUS
        _base = TestInterop.mmap(0, _mapped, TestInterop.PROT_READ | TestInterop.PROT_WRITE, 0x22, -1, 0);
        Assert.NotEqual(-1, _base);
        Assert.Equal(0, TestInterop.mprotect(_base + (nint)usable, Page, 0));
        Start = (byte*)_base + usable - length;
        Length = length;
    }

    public byte* Start { get; }

    public int Length { get; }

    public Span<byte> Bytes => new(Start, Length);

    public void Dispose() => _ = TestInterop.munmap(_base, _mapped);
}
