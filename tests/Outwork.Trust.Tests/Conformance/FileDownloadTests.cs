using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_file_download.</summary>
public sealed class FileDownloadTests
{
    private static readonly byte[] Content = "target file contents"u8.ToArray();

    [Fact]
    public void Client_downloads_expected_file()
    {
        using var test = Initialised();
        Publish(test, "target_file.txt", Content);
        Assert.Equal(Done, test.Refresh());
        Assert.Empty(test.Downloads);
        Assert.Equal(Done, test.Download("target_file.txt"));
        Assert.Equal([Encoding.UTF8.GetString(Content)], test.Downloads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Client_downloads_expected_file_in_sub_dir(bool consistent)
    {
        using var test = Initialised();
        test.Repository.Signed[Root]["consistent_snapshot"] = consistent;
        test.Repository.Publish(Root);
        Publish(test, "path/to/a/target_file.txt", Content);
        Assert.Equal(Done, test.Download("path/to/a/target_file.txt"));
        Assert.Equal([Encoding.UTF8.GetString(Content)], test.Downloads);
        Assert.Equal("path/to/a/target_file.txt", test.Repository.FileRequests);
    }

    [Fact]
    public void Artifact_cache()
    {
        using var test = Initialised();
        Publish(test, "target_file.txt", Content);
        Assert.Equal(Done, test.Download("target_file.txt"));
        Assert.Equal(Done, test.Download("target_file.txt"));
        Assert.Equal("target_file.txt", test.Repository.FileRequests);
    }

    [Fact]
    public void Repository_substitutes_target_file()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "one.txt");
        Publish(test, "other.txt", "content"u8.ToArray());
        Assert.Equal(Done, test.Download("one.txt"));
        test.Repository.Files["one.txt"] = "malicious data - should not download"u8.ToArray();
        test.Repository.Files["other.txt"] = "malicio"u8.ToArray();
        Assert.Equal(Done, test.Download("one.txt"));
        Assert.Equal([Encoding.UTF8.GetString(Content)], test.Downloads);
        Assert.Equal(Failed, test.Download("other.txt"));
        Assert.Equal(TrustRefusalCode.ArbitrarySoftware, test.Refusal!.Code);
        Assert.Equal([Encoding.UTF8.GetString(Content)], test.Downloads);
    }

    [Fact]
    public void Multiple_changes_to_target()
    {
        using var test = Initialised();
        Publish(test, "a", Content);
        Assert.Equal(Done, test.Download("a"));
        for (int i = 0; i < 11; i++)
        {
            test.Repository.AddFile(Targets, Encoding.UTF8.GetBytes($"modified {i}"), "a");
            Publish(test, $"new-{i}", Encoding.UTF8.GetBytes($"new {i}"));
            if (i % 5 != 0)
                continue;
            Assert.Equal(Done, test.Download("a"));
            Assert.Equal($"modified {i}", test.Downloads[0]);
            Assert.Equal(Done, test.Download($"new-{i}"));
            test.Repository.Files["a"] = Encoding.UTF8.GetBytes($"malicious {i}");
            test.Repository.Publish(AllButRoot);
            test.Download("a");
            Assert.Equal($"modified {i}", test.Downloads[0]);
            Assert.DoesNotContain(test.Downloads, static text => text.StartsWith("malicious", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Repeated_targets_share_one_client()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "one");
        Publish(test, "two", Content);
        Assert.Equal(Done, test.Download("one", "two"));
        Assert.Equal("root:2 timestamp snapshot:2 targets:2", test.Repository.MetadataRequests);
        Assert.Equal(2, test.Downloads.Length);
    }

    [Fact]
    public void Repeated_targets_stop_at_the_first_failure()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "one");
        Publish(test, "two", Content);
        Assert.Equal(Failed, test.Download("one", "nonexistent", "two"));
        Assert.Equal("one", test.Repository.FileRequests);
    }

    [Fact]
    public void Unknown_hash_algorithm_beside_a_known_one_is_ignored()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "a");
        test.Repository.Signed[Targets]["targets"]!["a"]!["hashes"]!["blake9"] = "00";
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Download("a"));
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha512")]
    [InlineData("sha256 sha512")]
    public void Download_with_hash_algorithms(string algorithms)
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "target_file.txt");
        var hashes = new JsonObject();
        foreach (string algorithm in algorithms.Split(' '))
            hashes[algorithm] = Convert.ToHexStringLower(algorithm == "sha256" ? SHA256.HashData(Content) : SHA512.HashData(Content));
        test.Repository.Signed[Targets]["targets"]!["target_file.txt"]!["hashes"] = hashes;
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Download("target_file.txt"));
        Assert.Equal("target_file.txt", test.Repository.FileRequests);
        Assert.Equal([Encoding.UTF8.GetString(Content)], test.Downloads);
    }

    [Fact]
    public void File_named_as_the_beginning_of_another_is_left_alone()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, "first"u8.ToArray(), "file.part");
        test.Repository.AddFile(Targets, "second"u8.ToArray(), "file");
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Download("file.part", "file"));
        Assert.Equal(["second", "first"], test.Downloads);
    }

    [Fact]
    public void Unknown_hash_algorithm_alone_is_refused()
    {
        using var test = Initialised();
        test.Repository.AddFile(Targets, Content, "a");
        test.Repository.Signed[Targets]["targets"]!["a"]!["hashes"] = new JsonObject { ["blake9"] = "00" };
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Failed, test.Download("a"));
        Assert.Equal(TrustRefusalCode.UnsupportedHash, test.Refusal!.Code);
    }

    [Fact]
    public void Signed_file_that_is_not_there_is_refused()
    {
        using var test = Initialised();
        Publish(test, "a", Content);
        test.Repository.Files.Remove("a");
        Assert.Equal(Failed, test.Download("a"));
        Assert.Equal(TrustRefusalCode.TargetMissing, test.Refusal!.Code);
        Assert.Empty(test.Downloads);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("100%")]
    [InlineData("what?#")]
    [InlineData("../../up")]
    [InlineData("/rooted")]
    [InlineData("größe/文.txt")]
    [InlineData(".")]
    public void Unusual_target_name(string name)
    {
        using var test = Initialised();
        Publish(test, name, Content);
        Assert.Equal(Done, test.Download(name));
        Assert.Equal(name, test.Repository.FileRequests);
        Assert.Single(test.Downloads);
    }

    private static void Publish(ConformanceCase test, string path, byte[] content)
    {
        test.Repository.AddFile(Targets, content, path);
        test.Repository.Publish(AllButRoot);
    }
}
