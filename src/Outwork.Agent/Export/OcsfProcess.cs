using System.Buffers;
using System.Text;
using System.Text.Json;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Export;

/// <summary>The process objects of OCSF, and what is particular to Process Activity.</summary>
internal static class OcsfProcess
{
    private const int RegularFile = 1;
    private const int ExecutableFile = 8;
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\n\"'\\$`;&|<>()*?[]#~");

    /// <summary>Writes what follows the head of a fork, exec or exit.</summary>
    public static void WriteActivity(Utf8JsonWriter writer, NotifyEvent notification, ProcessInfo process)
    {
        if (notification.Kind == EventKind.Exit)
        {
            writer.WriteNumber(OcsfNames.ExitCode, notification.ExitCode);
        }
        else
        {
            bool fork = notification.Kind == EventKind.Fork;
            writer.WriteNumber(OcsfNames.LaunchTypeId, fork ? 2 : 3);
            writer.WriteString(OcsfNames.LaunchType, fork ? "Fork" : "Exec");
        }

        // A fork is the parent's act; a process executes another program, and ends, by itself.
        bool byParent = notification.Kind == EventKind.Fork;
        writer.WriteStartObject(OcsfNames.Actor);
        WriteReference(
            writer, OcsfNames.Process, byParent ? process.ParentPid : process.Pid, byParent ? process.ParentId : process.Id);
        writer.WriteEndObject();
        WriteProcess(writer, process);
        WriteUnmapped(writer, notification, process);
    }

    /// <summary>A process of which only the identity is told.</summary>
    public static void WriteReference(Utf8JsonWriter writer, JsonEncodedText name, int pid, ProcessId id)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber(OcsfNames.Pid, pid);
        WriteId(writer, id);
        writer.WriteEndObject();
    }

    /// <summary>The members name, path and file of a process that runs a program.</summary>
    public static void WriteProgram(Utf8JsonWriter writer, string executable)
    {
        if (executable.Length == 0)
            return;
        writer.WriteString(OcsfNames.Name, FileName(executable));
        writer.WriteStartObject(OcsfNames.File);
        writer.WriteString(OcsfNames.Name, FileName(executable));
        writer.WriteString(OcsfNames.Path, executable);
        writer.WriteNumber(OcsfNames.TypeId, ExecutableFile);
        writer.WriteEndObject();
    }

    /// <summary>The user of a process.</summary>
    public static void WriteUser(Utf8JsonWriter writer, uint userId)
    {
        Span<char> text = stackalloc char[16];
        userId.TryFormat(text, out int length);
        writer.WriteStartObject(OcsfNames.User);
        writer.WriteString(OcsfNames.Uid, text[..length]);
        writer.WriteEndObject();
    }

    /// <summary>The unique id of a process, unless it is unknown.</summary>
    public static void WriteId(Utf8JsonWriter writer, ProcessId id)
    {
        if (id == ProcessId.Unknown)
            return;
        Span<char> text = stackalloc char[16];
        id.Value.TryFormat(text, out int length, "x16");
        writer.WriteString(OcsfNames.Uid, text[..length]);
    }

    /// <summary>type_id of a file that is about to run in some way, or to be opened.</summary>
    public static int FileType(ExecVia via) => via is ExecVia.Direct or ExecVia.Loader ? ExecutableFile : RegularFile;

    /// <summary>The last component of a path.</summary>
    public static ReadOnlySpan<char> FileName(string path) => path.AsSpan(path.LastIndexOf('/') + 1);

    private static void WriteProcess(Utf8JsonWriter writer, ProcessInfo process)
    {
        writer.WriteStartObject(OcsfNames.Process);
        writer.WriteNumber(OcsfNames.Pid, process.Pid);
        WriteId(writer, process.Id);
        WriteProgram(writer, process.Executable);
        writer.WriteString(OcsfNames.CommandLine, CommandLine(process.Arguments));
        if (process.WorkingDirectory.Length > 0)
            writer.WriteString(OcsfNames.WorkingDirectory, process.WorkingDirectory);
        if (process.StartedUnixNs > 0)
            writer.WriteNumber(OcsfNames.CreatedTime, process.StartedUnixNs / 1_000_000);
        WriteUser(writer, process.UserId);
        if (process.ContainerId is not null)
        {
            writer.WriteStartObject(OcsfNames.Container);
            writer.WriteString(OcsfNames.Uid, process.ContainerId);
            writer.WriteEndObject();
        }

        if (process.ParentPid > 0)
            WriteReference(writer, OcsfNames.ParentProcess, process.ParentPid, process.ParentId);
        writer.WriteEndObject();
    }

    private static void WriteUnmapped(Utf8JsonWriter writer, NotifyEvent notification, ProcessInfo process)
    {
        bool reconstructed = notification.Reconstructed || process.Reconstructed;
        if (notification.DecisionId == 0 && notification.Via == ExecVia.None && !process.ArgumentsTruncated && !reconstructed)
            return;
        writer.WriteStartObject(OcsfNames.Unmapped);
        writer.WriteStartObject(OcsfNames.Outwork);
        if (notification.DecisionId != 0)
            writer.WriteNumber(OcsfNames.DecisionId, notification.DecisionId);
        if (notification.Via != ExecVia.None)
            writer.WriteString(OcsfNames.Via, notification.Via.ToString());
        if (process.ArgumentsTruncated)
            writer.WriteBoolean(OcsfNames.ArgumentsTruncated, value: true);
        if (reconstructed)
            writer.WriteBoolean(OcsfNames.Reconstructed, value: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The arguments as a shell would take them: those that need it in single quotes.</summary>
    private static string CommandLine(string[] arguments)
    {
        if (arguments.Length == 0)
            return "";
        if (!arguments.Any(NeedsQuotes))
            return string.Join(' ', arguments);
        var line = new StringBuilder();
        foreach (string argument in arguments)
        {
            if (line.Length > 0)
                line.Append(' ');
            if (NeedsQuotes(argument))
                line.Append('\'').Append(argument.Replace("'", "'\\''")).Append('\'');
            else
                line.Append(argument);
        }

        return line.ToString();
    }

    private static bool NeedsQuotes(string argument) =>
        argument.Length == 0 || argument.AsSpan().IndexOfAny(Special) >= 0;
}
