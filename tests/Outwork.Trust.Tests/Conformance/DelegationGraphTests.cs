using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>
/// The public suite's test_updater_delegation_graphs. A graph is written as "delegator>role", with "!" for a terminating delegation and the
/// pattern in brackets when it is not "*".
/// </summary>
public sealed class DelegationGraphTests
{
    [Theory]
    [InlineData("basic-delegation", "targets>A", "A")]
    [InlineData("single-level-delegations", "targets>A targets>B", "A B")]
    [InlineData("two-level-delegations", "targets>A targets>B B>C", "A B C")]
    [InlineData("two-level-test-DFS-order-of-traversal", "targets>A targets>B A>C A>D", "A C D B")]
    [InlineData("three-level-delegation-test-DFS-order-of-traversal", "targets>A targets>B A>C C>D", "A C D B")]
    [InlineData("two-level-terminating-ignores-all-but-roles-descendants", "targets>A targets>B A>C! A>D", "A C")]
    [InlineData("three-level-terminating-ignores-all-but-roles-descendants", "targets>A targets>B A>C! C>D", "A C D")]
    [InlineData("two-level-ignores-all-branches-not-matching-paths", "targets>A[*.py] targets>B A>C", "B")]
    [InlineData("three-level-ignores-all-branches-not-matching-paths", "targets>A targets>B A>C[*.py] C>D", "A B")]
    [InlineData("cyclic-graph", "targets>A targets>B B>C C>D D>B", "A B C D")]
    [InlineData("two-roles-delegating-to-a-third", "targets>A targets>B B>C A>C", "A C B")]
    [InlineData("two-roles-delegating-to-a-third-different-paths", "targets>A targets>B B>C A>C[*.py]", "A B C")]
    [InlineData("role-delegating-to-itself", "targets>A A>A targets>B", "A B")]
    public void Graph_traversal(string name, string graph, string visited)
    {
        using var test = Initialised();
        Build(test.Repository, graph);
        Assert.Equal(Failed, test.Download("missingpath"));
        Assert.True($"root:2 timestamp snapshot:2 targets:2 {string.Join(' ', visited.Split(' ').Select(static role => role + ":1"))}" == test.Repository.MetadataRequests, name);
    }

    [Theory]
    [InlineData("no delegations", "targetfile", true, "")]
    [InlineData("targetpath matches wildcard", "README.md", true, "A")]
    [InlineData("targetpath with separators x", "releases/x/x_v1", true, "B C")]
    [InlineData("targetpath with separators y", "releases/y/y_v1.zip", true, "B D")]
    [InlineData("targetpath is not delegated by all roles in the chain", "releases/z/z_v1.zip", false, "B")]
    public void Targetfile_search(string name, string path, bool isFound, string visited)
    {
        using var test = Initialised();
        SimulatedRepository repository = test.Repository;
        repository.Delegate(Targets, "A", ["*.doc", "*.md"]);
        repository.Delegate(Targets, "B", ["releases/*/*"]);
        repository.Delegate("B", "C", ["releases/x/*"]);
        repository.Delegate("B", "D", ["releases/y/*.zip"]);
        repository.AddFile(Targets, "targetfile content"u8.ToArray(), "targetfile");
        repository.AddFile("A", "README by A"u8.ToArray(), "README.md");
        repository.AddFile("C", "x release by C"u8.ToArray(), "releases/x/x_v1");
        repository.AddFile("D", "y release by D"u8.ToArray(), "releases/y/y_v1.zip");
        repository.AddFile("D", "z release by D"u8.ToArray(), "releases/z/z_v1.zip");
        repository.Publish("A", "B", "C", "D", Targets, Snapshot, Timestamp);
        Assert.True(test.Download(path) == (isFound ? Done : Failed), name);
        string[] roles = [.. visited.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static role => role + ":1")];
        Assert.Equal(string.Join(' ', ["root:2 timestamp snapshot:2 targets:2", .. roles]), repository.MetadataRequests);
        Assert.Equal(isFound ? 1 : 0, test.Downloads.Length);
    }

    [Theory]
    [InlineData(1, "boo", "bin-0")]
    [InlineData(1, "too", "bin-1")]
    [InlineData(2, "foo", "bin-0")]
    [InlineData(2, "doo", "bin-1")]
    [InlineData(2, "too", "bin-2")]
    [InlineData(2, "bar", "bin-3")]
    [InlineData(8, "bar", "bin-fc")]
    public void Succinct_roles_graph_traversal(int bits, string path, string bin)
    {
        using var test = Initialised();
        string[] bins = test.Repository.DelegateToBins(Targets, bits, "bin");
        test.Repository.AddFile(bin, "content"u8.ToArray(), path);
        test.Repository.Publish([.. bins, Targets, Snapshot, Timestamp]);
        Assert.Equal(Done, test.Download(path));
        Assert.Equal($"root:2 timestamp snapshot:2 targets:2 {bin}:1", test.Repository.MetadataRequests);
    }

    [Theory]
    [InlineData("file1.txt", "0-7")]
    [InlineData("file6.txt", "8-f")]
    public void Hashed_bins_by_path_hash_prefixes(string path, string expected)
    {
        using var test = Initialised();
        test.Repository.Delegate(Targets, "0-7", [], hashPrefixes: ["0", "1", "2", "3", "4", "5", "6", "7"]);
        test.Repository.Delegate(Targets, "8-f", [], hashPrefixes: ["8", "9", "a", "b", "c", "d", "e", "f"]);
        test.Repository.AddFile(expected, "content"u8.ToArray(), path);
        test.Repository.Publish("0-7", "8-f", Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Download(path));
        Assert.Equal($"root:2 timestamp snapshot:2 targets:2 {expected}:1", test.Repository.MetadataRequests);
    }

    [Fact]
    public void Cached_role_is_verified_against_current_delegator()
    {
        using var test = Initialised();
        SimulatedRepository repository = test.Repository;
        repository.Delegate(Targets, "A", ["a/*"]);
        repository.Delegate(Targets, "B", ["b/*"]);
        TestSigner keyOfA = repository.Delegate("A", "C", ["*/*"]);
        repository.Delegate("B", "C", ["*/*"]);
        // B names another key for C, and only the one that A names signs it.
        repository.Signers["C"] = new() { [keyOfA.KeyId] = keyOfA };
        repository.AddFile("C", "for a"u8.ToArray(), "a/file");
        repository.AddFile("C", "for b"u8.ToArray(), "b/file");
        repository.Publish("A", "B", "C", Targets, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Download("a/file", "b/file"));
        Assert.Equal(TrustRefusalCode.ThresholdNotMet, test.Refusal!.Code);
        Assert.Equal("C", test.Refusal.Role);
        Assert.Equal(["for a"], test.Downloads);
        // And in a session of its own, with C on disk.
        Assert.Equal(Failed, test.Download("b/file"));
        Assert.Equal(Done, test.Download("a/file"));
    }

    [Fact]
    public void Cached_role_is_refetched_when_the_delegator_names_new_keys()
    {
        using var test = Initialised();
        SimulatedRepository repository = test.Repository;
        repository.Delegate(Targets, "A", ["*"]);
        repository.AddFile("A", "content"u8.ToArray(), "file");
        repository.Publish("A", Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Download("file"));
        repository.Signed[Targets].Remove("delegations");
        repository.Signers["A"].Clear();
        repository.Delegate(Targets, "A", ["*"]);
        // The same version, signed by the new key: the kept file is no longer good, and its version number does not make it so.
        repository.Published["A"][0] = repository.Sign("A");
        repository.Publish(Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Download("file"));
        Assert.EndsWith(" targets:3 A:1", repository.MetadataRequests, StringComparison.Ordinal);
        Assert.Equal(repository.Published["A"][0], test.Kept("A"));
    }

    [Fact]
    public void Delegated_role_that_cannot_be_had_ends_the_search()
    {
        using var test = Initialised();
        Build(test.Repository, "targets>A targets>B");
        test.Repository.AddFile("B", "content"u8.ToArray(), "file");
        test.Repository.Publish("B", Snapshot, Timestamp);
        test.Repository.Published["A"].Clear();
        Assert.Equal(Failed, test.Download("file"));
        Assert.Empty(test.Downloads);
        Assert.Equal(TrustRefusalCode.MetadataMissing, test.Refusal!.Code);
    }

    [Fact]
    public void Too_many_roles_end_the_search()
    {
        using var test = Initialised();
        Build(test.Repository, string.Join(' ', Enumerable.Range(0, 40).Select(static i => $"targets>R{i:00}")));
        Assert.Equal(Failed, test.Download("missing"));
        Assert.Equal(TrustRefusalCode.TooManyRoles, test.Refusal!.Code);
        Assert.EndsWith(" R31:1", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    private static void Build(SimulatedRepository repository, string graph)
    {
        var roles = new List<string>();
        foreach (string edge in graph.Split(' '))
        {
            string[] ends = edge.TrimEnd(']', '!').Split('>', '[');
            repository.Delegate(ends[0], ends[1], [ends.Length == 3 ? ends[2] : "*"], edge.EndsWith('!'), repository.Signers.GetValueOrDefault(ends[1])?.Values.First());
            if (!roles.Contains(ends[1]))
                roles.Add(ends[1]);
        }

        repository.Publish([.. roles, Targets, Snapshot, Timestamp]);
    }
}
