using Outwork.Contracts.Verdicts;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests;

public sealed class ShippedContentTests
{
    [Fact]
    public void An_executable_or_script_that_holds_the_test_string_is_refused_and_nothing_else_is()
    {
        ScanContentLoad load = ScanContentLoader.Load(Repository.ShippedContent);
        Assert.Empty(load.Faults);
        Assert.Empty(load.Warnings);
        ScanContent content = load.Content!;
        using var files = new ContentFolder();
        byte[] almost = Eicar.Bytes;
        almost[40]++;
        files.With("alone", Eicar.Bytes)
            .With("script", [.. "#!/bin/sh\n# "u8, .. Eicar.Bytes, .. "\nexit 0\n"u8])
            .With("program", [.. File.ReadAllBytes("/bin/true"), .. Eicar.Bytes])
            .With("almost", almost);
        foreach (string name in new[] { "alone", "script", "program" })
            Assert.Equal("matches YARA rule EICAR_Test_File (eicar.yar:3)", content.Scan(files[name]).Reason);
        foreach (string path in new[] { files["almost"], "/bin/true", "/bin/sh", Environment.ProcessPath! })
            Assert.Equal(Verdict.Allow, content.Scan(path).Verdict);
        content.Release();
    }

    [Fact]
    public void No_file_of_ours_holds_the_test_string()
    {
        // ExecGuard would refuse to have it opened or run.
        byte[] needle = Eicar.Bytes;
        string[] folders = ["products/ExecGuard", "tests/Outwork.ExecGuard.Tests", "testassets", "docs"];
        string[] files = [.. folders.Select(folder => Path.Combine(Repository.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))];
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => File.ReadAllBytes(file).AsSpan().IndexOf(needle) >= 0);
    }
}
