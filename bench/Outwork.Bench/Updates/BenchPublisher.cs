using Outwork.Bench.Running;

namespace Outwork.Bench.Updates;

/// <summary>Publishes content for ExecGuard, with the commands that a vendor uses.</summary>
internal sealed class BenchPublisher(string outwork, string folder)
{
    private const string Schema = """{ "name": "execguard", "version": 1, "fields": 2 }""";
    private const string Target = "bench/execguard/content.owpkg";

    private string Repository => Path.Combine(folder, "repo");

    /// <summary>What a web server serves.</summary>
    public string Public => Path.Combine(Repository, "public");

    private string Passphrase => Path.Combine(folder, "passphrase");

    /// <summary>Makes keys and an empty repository.</summary>
    public async Task InitialiseAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Passphrase, "only for a benchmark\n", cancel);
        await RunAsync(cancel, "repo", "key", "new", Key, "--scheme", "ecdsa", "--passphrase-file", Passphrase);
        await RunAsync(cancel, "repo", "init", "--repo", Repository, "--root-key", Key + ".pub", "--targets-key", Key + ".pub", "--online-key", Key + ".pub");
        await PublishAsync(cancel);
    }

    /// <summary>Publishes a version that refuses whatever holds one of the words.</summary>
    public async Task PublishAsync(string version, IEnumerable<string> words, CancellationToken cancel)
    {
        var content = Path.Combine(folder, version);
        Directory.CreateDirectory(content);
        var rules = words.Select((word, i) => $"rule Word_{i} {{ strings: $a = \"{word}\" condition: $a }}\n");
        await File.WriteAllTextAsync(Path.Combine(content, "rules.yar"), string.Concat(rules), cancel);
        await File.WriteAllTextAsync(Path.Combine(content, "execguard.json"), $$"""{ "version": "{{version}}", "schema": {{Schema}} }""", cancel);
        await File.WriteAllTextAsync(Path.Combine(content, "outwork-package.json"), $$"""
            {
              "format": 1, "kind": "content", "vendor": "bench", "product": "execguard", "version": "{{version}}", "schema": {{Schema}},
              "trial": { "minimumReplayedEvents": 0, "minimumLiveEvents": 0, "minimumLiveSeconds": 0 }, "commit": { "minimumSeconds": 1 }
            }
            """, cancel);
        var package = content + ".owpkg";
        await RunAsync(cancel, "package", "build", content, "--output", package);
        await RunAsync(cancel, "repo", "add", package, "--path", Target, "--repo", Repository);
        await PublishAsync(cancel);
    }

    /// <summary>Writes the device's file on updates, with the root beside it, and returns its path.</summary>
    public async Task<string> WriteUpdatesAsync(string device, string repository, int onTrialSeconds, CancellationToken cancel)
    {
        Directory.CreateDirectory(device);
        File.Copy(Path.Combine(Public, "metadata", "1.root.json"), Path.Combine(device, "root.json"));
        var file = Path.Combine(device, "updates.yaml");
        await File.WriteAllTextAsync(file, $"""
            version: 1
            repository: {repository}
            root: root.json
            everySeconds: 1
            products:
              execguard:
                target: {Target}
                onTrialSeconds: {onTrialSeconds}
                trial:
                  questions: 50
                  liveSeconds: 1
                  startSeconds: 60
            """, cancel);
        return file;
    }

    private string Key => Path.Combine(folder, "all.key");

    private async Task PublishAsync(CancellationToken cancel)
    {
        await RunAsync(cancel, "repo", "sign", "--repo", Repository, "--key", Key, "--passphrase-file", Passphrase);
        await RunAsync(cancel, "repo", "publish", "--repo", Repository, "--key", Key, "--passphrase-file", Passphrase);
    }

    private Task RunAsync(CancellationToken cancel, params string[] arguments) => Command.RunAsync(outwork, arguments, cancel);
}
