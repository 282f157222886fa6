namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// A classic BPF program over struct seccomp_data, written top to bottom: each test skips the few instructions that belong to it
/// when it does not hold, so no jump is longer than eight bits allow. (seccomp(2), linux/filter.h)
/// </summary>
internal sealed class FilterProgram
{
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;

    private readonly List<Interop.sock_filter> _instructions = [];

    public ReadOnlySpan<Interop.sock_filter> Instructions => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_instructions);

    public void LoadArchitecture() => Add(Interop.BPF_LD_W_ABS, ArchitectureOffset);

    public void LoadNumber() => Add(Interop.BPF_LD_W_ABS, NumberOffset);

    /// <summary>The lower half of an argument (both architectures are little endian); ints and flags have no other.</summary>
    public void LoadArgument(int index) => Add(Interop.BPF_LD_W_ABS, ArgumentsOffset + ((uint)index * 8));

    public void And(uint mask) => Add(Interop.BPF_ALU_AND_K, mask);

    public void Return(uint action) => Add(Interop.BPF_RET_K, action);

    public void ReturnIfEqual(uint value, uint action) => ReturnIf(Interop.BPF_JMP_JEQ_K, value, action);

    public void ReturnIfAtLeast(uint value, uint action) => ReturnIf(Interop.BPF_JMP_JGE_K, value, action);

    public void ReturnIfAnyBit(uint mask, uint action) => ReturnIf(Interop.BPF_JMP_JSET_K, mask, action);

    public void ReturnUnlessEqual(uint value, uint action)
    {
        _instructions.Add(new Interop.sock_filter { code = Interop.BPF_JMP_JEQ_K, k = value, jt = 1 });
        Return(action);
    }

    /// <summary>What <paramref name="body"/> adds is done only when the loaded value is this one.</summary>
    public void WhenEqual(uint value, Action body)
    {
        int test = _instructions.Count;
        _instructions.Add(default);
        body();
        int skipped = _instructions.Count - test - 1;
        _instructions[test] = new Interop.sock_filter { code = Interop.BPF_JMP_JEQ_K, k = value, jf = checked((byte)skipped) };
    }

    private void ReturnIf(ushort test, uint value, uint action)
    {
        _instructions.Add(new Interop.sock_filter { code = test, k = value, jf = 1 });
        Return(action);
    }

    private void Add(ushort code, uint k) => _instructions.Add(new Interop.sock_filter { code = code, k = k });
}
