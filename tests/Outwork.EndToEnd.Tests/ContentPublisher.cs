namespace Outwork.EndToEnd.Tests;

/// <summary>Somebody who publishes content, with the commands of docs/publish-content.md.</summary>
internal sealed class ContentPublisher
{
    private readonly string _folder;

    public ContentPublisher(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(At("passphrase"), "correct horse battery staple\n");
        foreach (string key in (string[])["root", "targets", "online"])
            Run("repo", "key", "new", At(key + ".key"), "--scheme", "ecdsa", "--passphrase-file", At("passphrase"));
        Run("repo", "init", "--repo", Repository, "--root-key", At("root.key.pub"), "--targets-key", At("targets.key.pub"), "--online-key", At("online.key.pub"));
        Run("repo", "sign", "--repo", Repository, "--key", At("root.key"), "--key", At("targets.key"), "--passphrase-file", At("passphrase"));
        PublishRepository();
    }

    public string Public => Path.Combine(Repository, "public");

    public string Root => Path.Combine(Public, "metadata", "1.root.json");

    private string Repository => At("repo");

    /// <summary>Builds a package of files and publishes it at the product's path.</summary>
    public void Publish(string product, string version, string schema, params (string Name, string Text)[] files)
    {
        string rules = At($"{product}-{version}");
        Directory.CreateDirectory(rules);
        foreach ((string name, string text) in files)
            File.WriteAllText(Path.Combine(rules, name), text);
        File.WriteAllText(Path.Combine(rules, "outwork-package.json"), $$"""
            {
              "format": 1, "kind": "content", "vendor": "acme", "product": "{{product}}", "version": "{{version}}",
              "schema": {{schema}},
              "trial": { "minimumReplayedEvents": 0, "minimumLiveEvents": 0, "minimumLiveSeconds": 0 },
              "commit": { "minimumSeconds": 1 }
            }
            """);
        string package = At($"{product}-{version}.owpkg");
        Run("package", "build", rules, "--output", package);
        Run("repo", "add", package, "--path", $"acme/{product}/content.owpkg", "--repo", Repository);
        Run("repo", "sign", "--repo", Repository, "--key", At("targets.key"), "--passphrase-file", At("passphrase"));
        PublishRepository();
    }

    /// <summary>Writes the device's file on updates, with the root beside it; returns its path.</summary>
    public string WriteUpdates(string folder, string repository, string product, int onTrialSeconds, int questions, int liveSeconds = 1)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Root, Path.Combine(folder, "root.json"));
        string file = Path.Combine(folder, "updates.yaml");
        File.WriteAllText(file, $"""
            version: 1
            repository: {repository}
            root: root.json
            everySeconds: 1
            products:
              {product}:
                target: acme/{product}/content.owpkg
                onTrialSeconds: {onTrialSeconds}
                trial:
                  questions: {questions}
                  liveSeconds: {liveSeconds}
                  startSeconds: 60
            """);
        return file;
    }

    private void PublishRepository() => Run("repo", "publish", "--repo", Repository, "--key", At("online.key"), "--passphrase-file", At("passphrase"));

    private string At(string name) => Path.Combine(_folder, name);

    private static void Run(params string[] arguments)
    {
        TestProcess done = TestProcess.Run(RunningOutwork.Executable, arguments);
        Assert.True(done.ExitCode == 0, $"outwork {string.Join(' ', arguments)}: {done.Output}{done.Errors}");
    }
}
