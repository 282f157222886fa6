using Outwork.Cli.Control;
using Outwork.Contracts.Control;
using Outwork.Contracts.Products;

namespace Outwork.Cli.Products;

/// <summary>What a product's program must be, before anything is asked of it.</summary>
internal static class ProductProgram
{
    private const string OwnPrefix = "outwork-";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Why there is no file at a path; null when there is one.</summary>
    public static ControlResponse? FindMissing(string path)
    {
        if (Directory.Exists(path))
            return Refuse(ClientCodes.NotAProgram, $"{path}: a folder. Name the product's executable in it.");
        return File.Exists(path) ? null : Refuse(ControlCodes.NotFound, $"{path}: there is no such file. Name the product's built executable.");
    }

    /// <summary>Why a file cannot be started, and what to do; null when it can.</summary>
    /// <param name="path">The file.</param>
    /// <param name="confined">Whether as a user of its own, who owns nothing.</param>
    public static string? FindFault(string path, bool confined)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        return (mode & Executable) == 0 ? "not executable. Name a built executable; if it is one: chmod 755 " + path
            : confined && !mode.HasFlag(UnixFileMode.OtherExecute) ? "not executable by everybody, and a product runs as a user of its own: chmod 755 " + path
            : null;
    }

    /// <summary>A warning when a manifest insists on another name than who sees the program's file would run it under; null when all is well.</summary>
    public static string? FindOtherName(string path, ProductManifest? manifest)
    {
        string file = Path.GetFileName(path);
        string expected = file.StartsWith(OwnPrefix, StringComparison.Ordinal) ? file[OwnPrefix.Length..] : file;
        return manifest?.Name is { } name && name != expected
            ? $"The manifest's name is {name}, and the program's file is {file}: it starts under no other name than that of up --product {name}={path}"
            : null;
    }

    /// <summary>The path of a program that is installed with Outwork, or of the one that is given by its path.</summary>
    /// <param name="given">A name, or a path with a <c>/</c>.</param>
    /// <param name="name">The name; null for a path.</param>
    public static string Locate(string given, out string? name)
    {
        name = given.Contains('/', StringComparison.Ordinal) ? null : given;
        return name is null ? Path.GetFullPath(given) : Path.Join(AppContext.BaseDirectory, OwnPrefix + name);
    }

    /// <summary>A refusal with its code.</summary>
    public static ControlResponse Refuse(string code, string error) => new() { Ok = false, Code = code, Error = error };
}
