using System.Runtime.InteropServices;

namespace Outwork.Bench.Updates;

/// <summary>One start of a program, as workloads/spawnwatch.c writes it.</summary>
/// <param name="Program">Index of the program.</param>
/// <param name="BeganUnixNs">When. Nanoseconds since 1970.</param>
/// <param name="TookNs">From the start to its end. Nanoseconds.</param>
/// <param name="Error">0 when it ran, else the error of the start.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ProgramStart(ulong Program, ulong BeganUnixNs, ulong TookNs, ulong Error)
{
    /// <summary>It ran to its end.</summary>
    public bool Ran => Error == 0;

    /// <summary>When it was over.</summary>
    public ulong EndedUnixNs => BeganUnixNs + TookNs;
}

/// <summary>Starts one program after another, each of them a file that nobody has judged yet, until it is stopped.</summary>
internal sealed class StartLog(string spawnWatch, string output)
{
    private System.Diagnostics.Process? process;

    /// <summary>Begins.</summary>
    public void Start(params string[] programs) => process = Running.Command.Start(spawnWatch, [output, .. programs]);

    /// <summary>Ends it and returns every start.</summary>
    /// <exception cref="Running.BenchFailedException">It failed.</exception>
    public async Task<IReadOnlyList<ProgramStart>> StopAsync(CancellationToken cancel)
    {
        process!.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        var code = process.ExitCode;
        process.Dispose();
        process = null;
        return code == 0 ? Parse(await File.ReadAllBytesAsync(output, cancel)) : throw new Running.BenchFailedException($"spawnwatch ended with {code}: {errors}");
    }

    /// <summary>Reads what spawnwatch wrote.</summary>
    internal static ProgramStart[] Parse(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, ProgramStart>(bytes).ToArray();
}
