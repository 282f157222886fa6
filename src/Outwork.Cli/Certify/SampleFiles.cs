using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>Harmless files of every sort, open.</summary>
internal sealed class SampleFiles : IDisposable
{
    private readonly string _folder;

    /// <param name="run">Where they are made, and removed with it.</param>
    public SampleFiles(RunFolder run)
    {
        _folder = Directory.CreateDirectory(Path.Join(run.Path, "samples"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        Program = Create("true", System.IO.File.ReadAllBytes("/bin/true"), ExecVia.Direct);
        Script = Create("hello.sh", "#!/bin/sh\necho hello\n"u8.ToArray(), ExecVia.Script);
        Empty = Create("empty", [], ExecVia.Direct);
        Deleted = Create("deleted", Encoding.ASCII.GetBytes(new string('x', 4096)), ExecVia.Direct);
        System.IO.File.Delete(Deleted.Path);
        Unopened = new SampleFile(Path.Join(_folder, "is-not-there"), ExecVia.Direct, null, 0);
    }

    public SampleFile Program { get; }

    public SampleFile Script { get; }

    public SampleFile Empty { get; }

    /// <summary>Open, and without a name by now.</summary>
    public SampleFile Deleted { get; }

    /// <summary>Could not be opened: the question comes without a descriptor.</summary>
    public SampleFile Unopened { get; }

    public void Dispose()
    {
        foreach (SampleFile sample in (SampleFile[])[Program, Script, Empty, Deleted])
            sample.File?.Dispose();
    }

    private SampleFile Create(string name, byte[] content, ExecVia via)
    {
        string path = Path.Join(_folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return new SampleFile(path, via, System.IO.File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete), content.Length);
    }
}
