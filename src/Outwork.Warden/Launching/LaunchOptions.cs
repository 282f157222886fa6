using System.Globalization;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Warden.Launching;

/// <summary>The command line between the warden and <see cref="LaunchCommand"/>: pairs of an option and its value.</summary>
internal static class LaunchOptions
{
    public const string Reporter = "--reporter";
    public const string ControlGroup = "--cgroup";
    public const string Network = "--network";
    public const string DataImage = "--data-image";
    public const string Packaged = "--packaged";
    public const string Packages = "--packages";
    public const string Updates = "--updates";
    public const string Scratch = "--scratch";
    public const string Yes = "yes";

    private const string RestrictFiles = "--restrict-files";
    private const string SystemPrograms = "--system-programs";
    private const string Readable = "--read";
    private const string Descriptors = "--max-descriptors";
    private const string Threads = "--max-threads";
    private const string Data = "--max-data";
    private const string Weaker = "--weaker";

    /// <summary>What a product gets.</summary>
    public static void AddTo(List<string> options, ProductPlan product, bool allowWeaker)
    {
        options.AddRange([RestrictFiles, Yes]);
        if (product.Grant.Network)
            options.AddRange([Network, Yes]);
        if (product.Grant.SystemPrograms)
            options.AddRange([SystemPrograms, Yes]);
        foreach (string path in product.Grant.Read)
            options.AddRange([Readable, path]);
        AddControlGroups(options, product.ControlGroups);
        options.AddRange([Descriptors, product.Grant.Descriptors.ToString(CultureInfo.InvariantCulture)]);
        options.AddRange([Threads, product.Grant.Processes.ToString(CultureInfo.InvariantCulture)]);
        if (product.LimitsDataByProcess)
            options.AddRange([Data, (product.Grant.MemoryMiB * 1024L * 1024L).ToString(CultureInfo.InvariantCulture)]);
        if (allowWeaker)
            options.AddRange([Weaker, Yes]);
    }

    /// <summary>The groups that a process joins.</summary>
    public static void AddControlGroups(List<string> options, IReadOnlyList<string> groups)
    {
        foreach (string group in groups)
            options.AddRange([ControlGroup, group]);
    }

    /// <exception cref="ArgumentException">An option is unknown or missing.</exception>
    /// <exception cref="FormatException">A number is none.</exception>
    public static ConfinementSpec Parse(ReadOnlySpan<string> options, string program, out int firstClosed)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var readable = new List<string>();
        var groups = new List<string>();
        for (int i = 0; i < options.Length; i += 2)
        {
            if (options[i] == Readable)
                readable.Add(options[i + 1]);
            else if (options[i] == ControlGroup)
                groups.Add(options[i + 1]);
            else
                values.Add(options[i], options[i + 1]);
        }

        uint user = uint.Parse(Take(values, "--uid"), NumberStyles.None, CultureInfo.InvariantCulture);
        firstClosed = 3 + int.Parse(Take(values, "--descriptors"), NumberStyles.None, CultureInfo.InvariantCulture);
        var spec = new ConfinementSpec
        {
            UserId = user,
            GroupId = user,
            RunDirectory = Take(values, "--run-dir"),
            ProgramDirectory = Take(values, "--bin"),
            Program = program,
            RuntimeDirectory = CurrentProcess.RuntimeDirectory,
            ContentDirectory = TakeOptional(values, "--content"),
            PackagedDirectory = TakeOptional(values, Packaged),
            PackagesDirectory = TakeOptional(values, Packages),
            UpdatesDirectory = TakeOptional(values, Updates),
            PolicyFile = TakeOptional(values, "--policy"),
            StateDirectory = TakeOptional(values, "--state"),
            DataImage = TakeOptional(values, DataImage),
            ScratchBytes = TakeNumber(values, Scratch),
            ParentProcessId = int.Parse(Take(values, "--parent"), NumberStyles.None, CultureInfo.InvariantCulture),
            Network = TakeOptional(values, Network) == Yes,
            RestrictFiles = TakeOptional(values, RestrictFiles) == Yes,
            SystemPrograms = TakeOptional(values, SystemPrograms) == Yes,
            AllowWeaker = TakeOptional(values, Weaker) == Yes,
            ReadablePaths = readable,
            ControlGroups = groups,
            MaximumDescriptors = TakeNumber(values, Descriptors) ?? 1024,
            MaximumThreads = TakeNumber(values, Threads) ?? 128,
            MaximumData = TakeNumber(values, Data),
            Reporter = TakeReporter(values),
        };
        return values.Count == 0 ? spec : throw new ArgumentException($"{values.First().Key}: no such option of launch");
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? TakeReporter(Dictionary<string, string> values) =>
        TakeNumber(values, Reporter) is { } number ? InheritedDescriptors.Take((int)number) : null;

    private static string Take(Dictionary<string, string> values, string name) =>
        TakeOptional(values, name) ?? throw new ArgumentException($"{name} is missing");

    private static string? TakeOptional(Dictionary<string, string> values, string name) =>
        values.Remove(name, out string? value) ? value : null;

    private static ulong? TakeNumber(Dictionary<string, string> values, string name) =>
        TakeOptional(values, name) is { } text ? ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;
}
