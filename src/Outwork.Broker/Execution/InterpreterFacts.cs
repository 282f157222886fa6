using Outwork.Contracts.Events;

namespace Outwork.Broker.Execution;

/// <summary>
/// What a process that interprets something runs: tells an open of a script or program from an open of mere data. Read
/// from the command line, which the process itself may have written: a hint to ask a product, never a reason to allow.
/// </summary>
/// <param name="Via">Script or Loader; None when the program is no interpreter that we know.</param>
/// <param name="FileArgument">
/// Index into the arguments of the file that runs; -1 when there is none: inline code, a module, standard input, an
/// interactive session, or the arguments were cut before it.
/// </param>
/// <param name="File">That argument as given, possibly relative to the working directory; empty when there is none.</param>
public readonly record struct InterpreterFacts(ExecVia Via, int FileArgument, string File)
{
    /// <summary>The process is no interpreter that we know.</summary>
    public static InterpreterFacts None { get; } = new(ExecVia.None, -1, "");

    /// <summary>True when the process is an interpreter or loader.</summary>
    public bool IsInterpreter => Via != ExecVia.None;

    /// <summary>Reads a process' command line. Pure; allocates only for a relative path.</summary>
    public static InterpreterFacts Of(ProcessInfo process, InterpreterTable table)
    {
        InterpreterSyntax? syntax = table.Find(process.Executable);
        return syntax is null ? None : CommandLine.Read(process.Arguments, process.ArgumentsTruncated, syntax);
    }

    /// <summary>
    /// The file's path, with the working directory put before it when it is relative; empty when there is none. Neither
    /// links nor dots are resolved.
    /// </summary>
    public string FullPath(ProcessInfo process) =>
        File.Length == 0 || File[0] == '/' ? File
        : process.WorkingDirectory.Length == 0 ? ""
        : Path.Join(process.WorkingDirectory, File);
}
