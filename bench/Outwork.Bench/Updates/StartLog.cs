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
/// <param name="spawnWatch">The built workload.</param>
/// <param name="output">What it writes.</param>
/// <param name="folder">Where the files are started.</param>
internal sealed class StartLog(string spawnWatch, string output, string folder) : IDisposable
{
    private System.Diagnostics.Process? process;

    /// <summary>Begins.</summary>
    public void Start(params string[] programs) => process = Running.Command.Start(spawnWatch, [output, folder, .. programs]);

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

    /// <summary>Ends it, if it runs: it works on a mount that is to be removed.</summary>
    public void Dispose()
    {
        if (process is null)
            return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>Reads what spawnwatch wrote.</summary>
    internal static ProgramStart[] Parse(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, ProgramStart>(bytes).ToArray();
}
