using System.Collections.Frozen;
using Outwork.Broker.Execution;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Execution;

/// <summary>
/// Tells running code from opening data. FAN_OPEN_EXEC_PERM is raised only for what execve(2) opens; scripts given to an
/// interpreter, programs given to the loader and preloaded libraries raise FAN_OPEN_PERM like any file, and are told apart
/// by their content and by what the process that opens them runs. Where it cannot be told, it is code: a judgement too many
/// costs time once, one too few is a hole.
/// </summary>
public sealed class LinuxExecutionClassifier : IExecutionClassifier
{
    // A shell opens little but what it runs: its script, what it sources, its start-up files.
    private static readonly FrozenSet<string> Shells =
        new[] { "sh", "dash", "ash", "bash", "rbash", "ksh", "mksh", "zsh", "fish", "busybox" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> ScriptExtensions =
        new[] { ".sh", ".bash", ".py", ".pyc", ".pl", ".pm", ".rb", ".js", ".mjs", ".cjs", ".php", ".lua", ".tcl", ".awk", ".ps1" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _shells = Shells.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _extensions = ScriptExtensions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <inheritdoc/>
    public FileUse Classify(in AuthEvent e, ContentClass content, string path, ProcessInfo? subject)
    {
        if (e.Kind == EventKind.Exec) return new FileUse(content == ContentClass.Image ? ExecVia.Direct : ExecVia.Script);
        if (content is ContentClass.Empty or ContentClass.Unknown) return default;
        var interpreter = subject is null ? InterpreterFacts.None : InterpreterFacts.Of(subject, LinuxInterpreters.Table);
        if (content == ContentClass.Image)
            return new FileUse(interpreter.Via == ExecVia.Loader && IsItsFile(interpreter, path) ? ExecVia.Loader : ExecVia.Library);
        if (subject is null) return new FileUse(ExecVia.Script);
        if (interpreter.Via != ExecVia.Script) return default;
        bool isScript = content == ContentClass.Script
            || _shells.Contains(FileName(subject.Executable))
            || IsItsFile(interpreter, path)
            || _extensions.Contains(Path.GetExtension(path.AsSpan()));
        return isScript ? new FileUse(ExecVia.Script) : default;
    }

    // By name alone: the argument may be relative, or lead through links.
    private static bool IsItsFile(in InterpreterFacts interpreter, string path) =>
        interpreter.FileArgument >= 0 && FileName(interpreter.File).SequenceEqual(FileName(path));

    private static ReadOnlySpan<char> FileName(string path) => Path.GetFileName(path.AsSpan());
}
