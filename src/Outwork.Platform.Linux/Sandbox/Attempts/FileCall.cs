namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>A system call that takes paths, and which of its arguments they are.</summary>
/// <param name="Call">The call.</param>
/// <param name="Operation">What it does.</param>
/// <param name="Path">The argument that points to the path.</param>
/// <param name="Directory">The descriptor that a relative path begins at; -1: the current directory.</param>
/// <param name="SecondPath">The second path, of those that have one.</param>
/// <param name="SecondDirectory">The same for it.</param>
/// <param name="Flags">The flags, or for <see cref="FileOperation.MakeNode"/> the mode; -1: none.</param>
internal sealed record FileCall(
    SystemCall Call, FileOperation Operation, int Path, int Directory = -1, int SecondPath = -1, int SecondDirectory = -1, int Flags = -1)
{
    /// <summary>All that open, run, or change the tree of files by a path.</summary>
    public static readonly FileCall[] All =
    [
        new(new("open", 2, -1), FileOperation.Open, 0, Flags: 1),
        new(new("openat", 257, 56), FileOperation.Open, 1, 0, Flags: 2),
        new(new("openat2", 437, 437), FileOperation.OpenHow, 1, 0, Flags: 2),
        new(new("creat", 85, -1), FileOperation.Create, 0),
        new(new("execve", 59, 221), FileOperation.Execute, 0),
        new(new("execveat", 322, 281), FileOperation.Execute, 1, 0, Flags: 4),
        new(new("mkdir", 83, -1), FileOperation.Make, 0),
        new(new("mkdirat", 258, 34), FileOperation.Make, 1, 0),
        new(new("mknod", 133, -1), FileOperation.MakeNode, 0, Flags: 1),
        new(new("mknodat", 259, 33), FileOperation.MakeNode, 1, 0, Flags: 2),
        new(new("rmdir", 84, -1), FileOperation.Remove, 0),
        new(new("unlink", 87, -1), FileOperation.Remove, 0),
        new(new("unlinkat", 263, 35), FileOperation.Remove, 1, 0),
        new(new("rename", 82, -1), FileOperation.Rename, 0, SecondPath: 1),
        new(new("renameat", 264, 38), FileOperation.Rename, 1, 0, 3, 2),
        new(new("renameat2", 316, 276), FileOperation.Rename, 1, 0, 3, 2),
        new(new("link", 86, -1), FileOperation.Link, 0, SecondPath: 1),
        new(new("linkat", 265, 37), FileOperation.Link, 1, 0, 3, 2, 4),
        new(new("symlink", 88, -1), FileOperation.Symlink, 0, SecondPath: 1),
        new(new("symlinkat", 266, 36), FileOperation.Symlink, 0, SecondPath: 2, SecondDirectory: 1),
        new(new("chmod", 90, -1), FileOperation.Change, 0),
        new(new("fchmodat", 268, 53), FileOperation.Change, 1, 0),
        new(new("fchmodat2", 452, 452), FileOperation.Change, 1, 0, Flags: 3),
        new(new("chown", 92, -1), FileOperation.Change, 0),
        new(new("lchown", 94, -1), FileOperation.ChangeLink, 0),
        new(new("fchownat", 260, 54), FileOperation.Change, 1, 0, Flags: 4),
        new(new("truncate", 76, 45), FileOperation.Change, 0),
        new(new("utime", 132, -1), FileOperation.Change, 0),
        new(new("utimes", 235, -1), FileOperation.Change, 0),
        new(new("futimesat", 261, -1), FileOperation.Change, 1, 0),
        new(new("utimensat", 280, 88), FileOperation.Change, 1, 0, Flags: 3),
        new(new("setxattr", 188, 5), FileOperation.Change, 0),
        new(new("lsetxattr", 189, 6), FileOperation.ChangeLink, 0),
        new(new("removexattr", 197, 14), FileOperation.Change, 0),
        new(new("lremovexattr", 198, 15), FileOperation.ChangeLink, 0),
    ];

    /// <summary>The one with a number; null when it is none of them.</summary>
    public static FileCall? Of(int number) => Array.Find(All, call => call.Call.Number == number);
}
