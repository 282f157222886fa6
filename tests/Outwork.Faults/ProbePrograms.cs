namespace Outwork.Faults;

/// <summary>The C programs of the probe, compiled once for a process.</summary>
public sealed class ProbePrograms
{
    private static readonly Lazy<ProbePrograms> Compiled = new(static () => new ProbePrograms());

    private ProbePrograms()
    {
        string sources = Path.Join(AppContext.BaseDirectory, "testassets", "fault-probe");
        string target = Directory.CreateTempSubdirectory("outwork-probe-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(target, recursive: true);
        Probe = Path.Join(target, "probe");
        Tiny = Path.Join(target, "tiny");
        Programs.Run("gcc", "-O1", "-Wall", "-Werror", "-o", Probe, Path.Join(sources, "probe.c"));
        SpawnMany = Path.Join(target, "spawn-many");
        Programs.Run("gcc", "-O1", "-Wall", "-Werror", "-o", SpawnMany, Path.Join(sources, "spawn-many.c"));
        Programs.Run("gcc", "-Os", "-Wall", "-Werror", "-static", "-nostdlib", "-o", Tiny, Path.Join(sources, "tiny.c"));
    }

    /// <summary>These.</summary>
    public static ProbePrograms Instance => Compiled.Value;

    /// <summary>Path of the probe.</summary>
    public string Probe { get; }

    /// <summary>Path of a program that ends with 0 at once.</summary>
    public string Tiny { get; }

    /// <summary>Path of a program that starts another many times at once.</summary>
    public string SpawnMany { get; }
}
