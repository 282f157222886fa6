using System.Runtime.InteropServices;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Trial.Tests;

/// <summary>TemplateGuard as this user, unconfined, with content in force in slot a that nobody has tried.</summary>
internal sealed partial class NaiveStart : IProductStart, IDisposable
{
    public NaiveStart(string content)
    {
        RunningTrial.PutContent(content, Path.Join(Packages, "a"));
        Link("a");
    }

    public string Packages { get; } = Directory.CreateTempSubdirectory("outwork-naive-").FullName;

    public string? Refusal => null;

    public uint User => 0;

    /// <summary>Puts a slot in force, in one step.</summary>
    public void Link(string slot)
    {
        string made = Path.Join(Packages, "current.new");
        _ = File.CreateSymbolicLink(made, slot);
        Assert.Equal(0, Rename(made, Path.Join(Packages, "current")));
    }

    public ProcessSpec Spec(SafeHandle session, SafeHandle log, SafeHandle reporter) => new()
    {
        Program = Path.Join(RunningTrial.Programs, "template-guard"),
        Arguments = [],
        Environment = [.. ProductEnvironment.Create(), new("OUTWORK_PACKAGE_DIR", Packages)],
        Descriptors = [new(session, ProductEnvironment.SessionDescriptor), new(log, 1), new(log, 2)],
    };

    public void EndWhatIsLeft()
    {
    }

    // File.Move looks for a file behind the link.
    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    public void Dispose() => Directory.Delete(Packages, recursive: true);
}
