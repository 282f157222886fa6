using System.Text.RegularExpressions;

namespace Outwork.Warden.Tests;

/// <summary>What a product may do to an open file that others have too, told by itself (testassets/confinement/descriptors.c).</summary>
public sealed class SharedObjectsTests : IDisposable
{
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Product_changes_nothing_about_an_open_file_for_others()
    {
        Dictionary<string, string> outcomes = Probe();
        Assert.All(
            (string[])["set-direct", "lock-by-description", "wait-by-description", "lease"],
            what => Assert.True(outcomes[what] == "EPERM", $"{what} {outcomes[what]}"));
        Assert.Equal("ENOTSUP", outcomes["flock"].Replace("EOPNOTSUPP", "ENOTSUP", StringComparison.Ordinal));
        Assert.All((string[])["set-non-blocking", "get-flags", "lock-by-process"], what => Assert.Equal("DONE", outcomes[what]));
        _run.WaitForError("execguard was REFUSED fcntl ");
        Assert.DoesNotContain("REFUSED flock", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Product_without_the_network_sends_no_datagram_to_anybodys_socket()
    {
        Dictionary<string, string> outcomes = Probe();
        Assert.All((string[])["unix-datagram", "unix-raw", "pair-of-datagrams"], what => Assert.True(outcomes[what] == "EPERM", $"{what} {outcomes[what]}"));
        Assert.All((string[])["unix-stream", "pair-of-streams"], what => Assert.Equal("DONE", outcomes[what]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Product_has_shared_memory_and_message_queues_of_its_own(bool network)
    {
        _ = network ? Probe("""{"needs":{"network":true}}""", "--allow-network", "execguard") : Probe();
        int product = _run.ProcessId("execguard");
        Assert.NotEqual(new FileInfo("/proc/self/ns/ipc").LinkTarget, new FileInfo($"/proc/{product}/ns/ipc").LinkTarget);
        Assert.Equal(network, new FileInfo("/proc/self/ns/net").LinkTarget == new FileInfo($"/proc/{product}/ns/net").LinkTarget);
    }

    private Dictionary<string, string> Probe(string? manifest = null, params string[] arguments)
    {
        File.Move(_run.Compile("descriptors.c", "outwork-execguard-probe"), Path.Join(_run.Programs, "outwork-execguard"), overwrite: true);
        File.Delete(Path.Join(_run.Programs, "outwork-execguard.product.json"));
        if (manifest is not null)
            WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), manifest);
        _run.Start(arguments: arguments);
        _run.WaitForError("probe-end=DONE$");
        return Regex.Matches(_run.Errors, @"^(?:\w+: )?(?<what>[a-z-]+)=(?<outcome>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["what"].Value, match => match.Groups["outcome"].Value);
    }
}
