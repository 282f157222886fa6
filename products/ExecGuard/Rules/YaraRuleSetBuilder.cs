using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Interop;

namespace Outwork.Products.ExecGuard.Rules;

/// <summary>
/// Compiles YARA files, each in a namespace of its own that bears the file's name, into one rule set. All faults of all
/// files are collected. One thread.
/// </summary>
internal sealed unsafe class YaraRuleSetBuilder : IDisposable
{
    // A verdict is cached by the file's content, so a rule may look at nothing else: `time` changes, `cuckoo` needs a report
    // of another program, `magic` opens files while a program waits, `tests` is for libyara's own.
    private static readonly string[] Modules = ["console", "dex", "dotnet", "elf", "hash", "macho", "math", "pe"];

    private readonly List<ContentFault> _faults = [];
    private readonly List<ContentFault> _warnings = [];
    private readonly Dictionary<string, YaraRuleLocations> _files = [];
    private YaraCompilerHandle? _compiler;

    /// <summary>What is wrong, in the order of the files.</summary>
    public IReadOnlyList<ContentFault> Faults => _faults;

    /// <summary>What the compiler thinks unwise, slow rules above all.</summary>
    public IReadOnlyList<ContentFault> Warnings => _warnings;

    /// <summary>Compiles one file. A name is added once.</summary>
    /// <param name="name">Name relative to the content directory.</param>
    /// <param name="source">The whole file.</param>
    public void Add(string name, ReadOnlySpan<byte> source)
    {
        if (source.StartsWith(System.Text.Encoding.UTF8.Preamble))
        {
            _faults.Add(new ContentFault(name, 1, "the file begins with a byte order mark; save it as UTF-8 without"));
            return;
        }

        int nul = source.IndexOf((byte)0);
        if (nul >= 0)
        {
            // libyara would end reading there and call the rest checked.
            _faults.Add(new ContentFault(name, 1 + source[..nul].Count((byte)'\n'), "the file holds a NUL byte"));
            return;
        }

        var locations = new YaraRuleLocations(source);
        foreach ((string module, int line) in locations.Imports)
        {
            if (!Modules.Contains(module))
                _faults.Add(new ContentFault(name, line, $"module \"{module}\" is not available; there are {string.Join(", ", Modules)}"));
        }

        if (!Compile(name, source))
            return;
        _files.Add(name, locations);
    }

    /// <summary>The rule set, or null when no file was added. Not to be called when there are faults.</summary>
    public YaraRuleSet? Build()
    {
        if (_faults.Count > 0)
            throw new InvalidOperationException("the rules have faults");
        if (_compiler is null)
            return null;
        Check(LibYara.yr_compiler_get_rules(_compiler, out YaraRulesHandle rules));
        return new YaraRuleSet(rules, _files);
    }

    public void Dispose() => _compiler?.Dispose();

    private bool Compile(string name, ReadOnlySpan<byte> source)
    {
        _compiler ??= NewCompiler();
        byte[] terminated = new byte[source.Length + 1];
        source.CopyTo(terminated);
        var told = new CompilerMessages(name, 1 + source.TrimEnd((byte)'\n').Count((byte)'\n'), _faults, _warnings);
        GCHandle user = GCHandle.Alloc(told);
        try
        {
            LibYara.yr_compiler_set_callback(_compiler, &OnMessage, GCHandle.ToIntPtr(user));
            int errors;
            fixed (byte* text = terminated)
                errors = LibYara.yr_compiler_add_string(_compiler, text, name);
            if (errors == 0)
                return true;
            if (told.Errors == 0)
                _faults.Add(new ContentFault(name, 0, $"libyara refuses the file without saying why ({errors} errors)"));

            // A compiler that met an error takes no more; the other files are still looked at, by a new one.
            _compiler.Dispose();
            _compiler = null;
            return false;
        }
        finally
        {
            user.Free();
        }
    }

    private static YaraCompilerHandle NewCompiler()
    {
        Check(LibYara.yr_compiler_create(out YaraCompilerHandle compiler));

        // An include would read a file by path, anywhere.
        LibYara.yr_compiler_set_include_callback(compiler, 0, 0, 0);
        return compiler;
    }

    private static void Check(int error)
    {
        if (error != LibYara.ERROR_SUCCESS)
            throw new InvalidOperationException($"libyara: error {error} (1: out of memory; see yara/error.h)");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(int level, byte* file, int line, LibYara.YR_RULE* rule, byte* message, nint user)
    {
        if (GCHandle.FromIntPtr(user).Target is CompilerMessages told)
            told.Add(level, line, Marshal.PtrToStringUTF8((nint)message) ?? "");
    }

    private sealed class CompilerMessages(string file, int lastLine, List<ContentFault> faults, List<ContentFault> warnings)
    {
        private int _warnings;

        public int Errors { get; private set; }

        public void Add(int level, int line, string message)
        {
            bool isError = level == LibYara.YARA_ERROR_LEVEL_ERROR;
            int earlier = isError ? Errors++ : _warnings++;
            if (earlier >= ContentLimits.FaultsPerFile)
                return;

            // libyara has no line for what it misses at the end.
            ContentFault fault = line > 0 ? new ContentFault(file, line, message) : new ContentFault(file, lastLine, message + " at the end of the file");
            (isError ? faults : warnings).Add(fault);
        }
    }
}
