using System.Text.Json;
using Outwork.Cli.Tests.Support;

namespace Outwork.Cli.Tests;

public sealed class PackageCommandTests
{
    private const string Manifest =
        """{"format":1,"kind":"content","vendor":"acme","product":"acme-guard","version":"1.4.0","schema":{"name":"rules","version":3,"fields":21},"trial":{"maximumNewlyDenied":9}} // ours""";

    [Fact]
    public async Task Package_that_is_built_is_told_inspected_and_verified()
    {
        using var run = new CommandRun();
        string folder = Folder(run);
        string package = run.Directory + "/out.owpkg";

        Assert.Equal(0, await run.RunAsync("package", "build", folder, "-o", package, "--json"));
        using JsonDocument built = JsonDocument.Parse(run.Output);
        string digest = built.RootElement.GetProperty("sha256").GetString()!;
        Assert.Equal(new FileInfo(package).Length, built.RootElement.GetProperty("length").GetInt64());
        Assert.Equal("trial.maximumNewlyDenied", built.RootElement.GetProperty("looserThanDefault")[0].GetString());

        using var inspected = new CommandRun();
        Assert.Equal(0, await inspected.RunAsync("package", "inspect", package));
        Assert.Matches(@"package +acme/acme-guard 1\.4\.0 *\n", inspected.Output);
        Assert.Matches(@"made for +rules version 3, 21 fields *\n", inspected.Output);
        Assert.Matches(@"files newly denied, at most +9 +0 +0 *\n", inspected.Output);
        Assert.Contains("Not checked", inspected.Output);

        using var verified = new CommandRun();
        Assert.Equal(0, await verified.RunAsync("package", "verify", package, "--sha256", digest.ToUpperInvariant()));
        Assert.Contains(digest, verified.Output);
    }

    [Fact]
    public async Task Package_is_not_replaced_unless_asked_and_is_the_same_again()
    {
        using var run = new CommandRun();
        string folder = Folder(run);
        string package = run.Directory + "/out.owpkg";
        Assert.Equal(0, await run.RunAsync("package", "build", folder, "-o", package));
        byte[] first = File.ReadAllBytes(package);
        File.WriteAllText(package + ".new", "somebody's");

        Assert.Equal(1, await run.RunAsync("package", "build", folder, "-o", package));
        Assert.Contains("--force", run.Error);
        Assert.Equal(0, await run.RunAsync("package", "build", folder, "-o", package, "--force"));
        Assert.Equal(first, File.ReadAllBytes(package));
        Assert.Equal("somebody's", File.ReadAllText(package + ".new"));
        Assert.Empty(Directory.GetFiles(run.Directory, ".*"));
    }

    [Fact]
    public async Task Every_fault_of_a_manifest_is_told_with_its_field()
    {
        using var run = new CommandRun();
        string folder = Folder(run);
        File.WriteAllText(folder + "/outwork-package.json", Manifest.Replace("1.4.0", "1.4", StringComparison.Ordinal).Replace(":21", ":-21", StringComparison.Ordinal));

        Assert.Equal(1, await run.RunAsync("package", "build", folder, "-o", run.Directory + "/out.owpkg"));

        Assert.Contains("outwork-package.json: version: expected a semantic version", run.Error);
        Assert.Contains("outwork-package.json: schema.fields: -21 is not between 0 and 65535", run.Error);
        Assert.Contains("Refused: package-manifest-invalid.", run.Error);
        Assert.False(File.Exists(run.Directory + "/out.owpkg"));
    }

    [Fact]
    public async Task Damaged_package_is_refused_with_code_file_and_remedy()
    {
        using var run = new CommandRun();
        string package = run.Directory + "/out.owpkg";
        Assert.Equal(0, await run.RunAsync("package", "build", Folder(run), "-o", package));
        byte[] bytes = File.ReadAllBytes(package);
        bytes[^1536] ^= 1;
        File.WriteAllBytes(package, bytes);

        using var verified = new CommandRun();
        Assert.Equal(1, await verified.RunAsync("package", "verify", package, "--json"));
        JsonElement refusal = JsonDocument.Parse(verified.Output).RootElement.GetProperty("refusal");
        Assert.Equal("package-digest-mismatch", refusal.GetProperty("code").GetString());
        Assert.Equal("rules.txt", refusal.GetProperty("where").GetString());
        Assert.NotEqual("", refusal.GetProperty("remedy").GetString());
    }

    [Fact]
    public async Task Folder_that_makes_no_package_is_told_to_whoever_builds_it()
    {
        using var run = new CommandRun();
        string folder = Folder(run), output = run.Directory + "/out.owpkg";

        await RefusesAsync(run, "Name a file outside of the folder", "-o", folder + "/out.owpkg");
        await RefusesAsync(run, "All that is in the folder you must be allowed to read", "-o", run.Directory + "/nowhere/out.owpkg");
        File.WriteAllText(folder + "/a:b", "");
        await RefusesAsync(run, "Rename the file", "-o", output);
        File.Delete(folder + "/a:b");
        File.CreateSymbolicLink(folder + "/a", "rules.txt");
        await RefusesAsync(run, "Put a regular file in its place", "-o", output);
        File.Delete(folder + "/a");
        File.WriteAllText(output, "somebody's");
        await RefusesAsync(run, "Replace it with --force", "-o", output);
        File.Delete(folder + "/outwork-package.json");
        await RefusesAsync(run, "Write outwork-package.json into the folder", "-o", output);
        Assert.DoesNotContain("Do not use this package", run.Error);
        Assert.DoesNotContain("when nothing writes", run.Error);
    }

    private static async Task RefusesAsync(CommandRun run, string remedy, params string[] options)
    {
        int seen = run.Error.Length;
        Assert.Equal(1, await run.RunAsync(["package", "build", run.Directory + "/folder", .. options]));
        Assert.Contains(remedy, run.Error[seen..]);
    }

    [Theory]
    [InlineData("package build /no/such/folder", 1, "outwork-package.json: there is none in /no/such/folder")]
    [InlineData("package verify /no/such.owpkg", 1, "package-unreadable")]
    [InlineData("package verify /dev/null", 1, "package-not-a-package")]
    [InlineData("package verify /dev/null --sha256 abc", 2, "64 hexadecimal digits")]
    [InlineData("package inspect", 2, "See: outwork package inspect --help")]
    public async Task Wrong_argument_is_told(string line, int code, string told)
    {
        using var run = new CommandRun();

        Assert.Equal(code, await run.RunAsync(line.Split(' ')));

        Assert.Contains(told, run.Error);
    }

    private static string Folder(CommandRun run)
    {
        string folder = Directory.CreateDirectory(run.Directory + "/folder").FullName;
        File.WriteAllText(folder + "/outwork-package.json", Manifest);
        File.WriteAllText(folder + "/rules.txt", "deny bad\n");
        return folder;
    }
}
