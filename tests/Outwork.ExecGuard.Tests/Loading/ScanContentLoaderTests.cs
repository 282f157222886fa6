using Outwork.Contracts.Verdicts;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Loading;

public sealed class ScanContentLoaderTests
{
    private static readonly string A = new('a', 64);

    [Fact]
    public void Everything_that_belongs_to_content_is_read_and_the_rest_passed_over()
    {
        using var folder = new ContentFolder();
        folder.With("execguard.json", "{\"version\": \"7\"}")
            .With("a.yar", "rule a { condition: false }\nrule b { condition: false }")
            .With("b.yara", "rule a { condition: false }")
            .With("deny.sha256", $"{A}\n{A}\n")
            .With("lists/vendor.deny.sha256", $"# x\n{new string('b', 64)}\n")
            .With("lists/ours.allow.sha256", new string('c', 64))
            .With("README.md", "not content")
            .With(".hidden.yar", "rule broken {")
            .With("a.yar~", "rule broken {")
            .With("other/c.yar", "rule broken {");
        ScanContent content = folder.Load();
        Assert.Equal("7", content.Version);
        Assert.Equal("3 YARA rules in 2 files, 3 denied and 1 allowed hashes", content.Summary);
        Assert.Equal(new HashListHit("lists/vendor.deny.sha256", 2), content.FindDenied(Sha256Digest.From(Enumerable.Repeat((byte)0xbb, 32).ToArray())));
        content.Release();
    }

    [Fact]
    public void Without_a_version_the_content_names_itself_by_its_hash()
    {
        using var folder = new ContentFolder();
        string[] versions = [.. Enumerable.Range(0, 4).Select(i =>
        {
            folder.With("a.yar", i < 2 ? "rule a { condition: false }" : "rule b { condition: false }");
            if (i == 3)
                File.Move(folder["a.yar"], folder["b.yar"]);
            ScanContent content = folder.Load();
            content.Release();
            return content.Version;
        })];
        Assert.Matches("^sha256-[0-9a-f]{12}$", versions[0]);
        Assert.Equal(versions[0], versions[1]);
        Assert.Equal(3, versions.Distinct().Count());
    }

    [Fact]
    public void One_faulty_file_refuses_all_and_every_fault_is_told()
    {
        using var folder = new ContentFolder();
        folder.With("execguard.json", "{\"scanLimit\": 1}")
            .With("good.yar", "rule a { condition: false }")
            .With("bad.yar", "rule a { condition: false }\nrule a { condition: false }")
            .With("allow.sha256", $"{A}\nnonsense\n")
            .With("lists/mine.sha256", A)
            .With("denied.sha256", A);
        string[] faults = folder.Faults();
        Assert.Equal(5, faults.Length);
        Assert.Contains("bad.yar:2: duplicated identifier \"a\"", faults);
        Assert.Contains(faults, fault => fault.StartsWith("allow.sha256:2: expected a SHA-256", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("lists/mine.sha256: the name does not say", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("denied.sha256: the name does not say", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("execguard.json: scanLimit is 1", StringComparison.Ordinal));
    }

    [Fact]
    public void Symbolic_links_out_of_the_directory_are_refused()
    {
        using var outside = new ContentFolder();
        outside.With("secret.yar", "rule secret { condition: false }").With("x.deny.sha256", A);
        using var folder = new ContentFolder();
        folder.With("real.yar", "rule a { condition: false }");
        File.CreateSymbolicLink(folder["absolute.yar"], outside["secret.yar"]);
        File.CreateSymbolicLink(folder["relative.yar"], Path.GetRelativePath(folder.Path, outside["secret.yar"]));
        File.CreateSymbolicLink(folder["devious.yar"], "sub/../real.yar");
        File.CreateSymbolicLink(folder["twice.yar"], "absolute.yar");
        File.CreateSymbolicLink(folder["dangling.yar"], "nothing.yar");
        Directory.CreateSymbolicLink(folder["lists"], outside.Path);
        string[] faults = folder.Faults();
        Assert.Equal(
            ["absolute.yar", "dangling.yar", "devious.yar", "lists", "relative.yar", "twice.yar"],
            faults.Select(fault => fault.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_to_a_file_beside_it_and_a_directory_that_is_a_link_are_followed()
    {
        using var folder = new ContentFolder();
        folder.With("real/a.txt", "rule a { condition: false }");
        File.CreateSymbolicLink(folder["real/a.yar"], "a.txt");
        Directory.CreateSymbolicLink(folder["current"], "real");
        ScanContentLoad load = ScanContentLoader.Load(folder["current"]);
        Assert.Empty(load.Faults);
        Assert.Equal(1, load.Content!.Rules!.RuleCount);
        load.Content.Release();
    }

    [Fact]
    public void Too_many_and_too_large_files_are_refused()
    {
        using var folder = new ContentFolder();
        for (int i = 0; i <= ContentLimits.RuleFiles; i++)
            folder.With($"{i}.yar", $"rule r{i} {{ condition: false }}");
        Assert.Contains($".: more than {ContentLimits.RuleFiles} YARA files", folder.Faults());

        using var large = new ContentFolder();
        large.With("large.yar", "//" + new string('x', (int)ContentLimits.RuleFileLength));
        Assert.Equal([$"large.yar: is larger than {ContentLimits.RuleFileLength} bytes"], large.Faults());

        using var many = new ContentFolder();
        for (int i = 0; i <= ContentLimits.Entries; i++)
            many.With($"{i}.txt", "");
        Assert.Contains($".: more than {ContentLimits.Entries} files", many.Faults());
    }

    [Fact]
    public void A_directory_that_is_not_there_is_a_fault()
    {
        ScanContentLoad load = ScanContentLoader.Load("/nonexistent/content");
        Assert.StartsWith(".: cannot be read: ", Assert.Single(load.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_rules_and_lists_is_a_fault()
    {
        using var folder = new ContentFolder();
        const string Fault = ".: holds no rules and no lists; if nothing is to be refused, say so with an empty deny.sha256";
        Assert.Equal(Fault, Assert.Single(ScanContentLoader.Load(folder.Path).Faults).ToString());
        folder.With("execguard.json", "{\"version\": \"1\"}").With("README", "rules go here");
        Assert.Equal(Fault, Assert.Single(ScanContentLoader.Load(folder.Path).Faults).ToString());
    }

    [Fact]
    public void An_empty_list_alone_is_content_that_allows_everything()
    {
        using var folder = new ContentFolder();
        folder.With("deny.sha256", "");
        ScanContent content = folder.Load();
        Assert.Equal("no YARA rules, 0 denied and 0 allowed hashes", content.Summary);
        Assert.Equal(Verdict.Allow, content.Scan("/bin/true").Verdict);
        content.Release();
    }

    [Fact]
    public void A_pipe_in_the_directory_does_not_stop_loading()
    {
        using var folder = new ContentFolder();
        Assert.Equal(0, TestProcess.Run("mkfifo", folder["pipe.yar"], folder["deny.sha256"]).ExitCode);
        folder.Load().Release();
    }
}
