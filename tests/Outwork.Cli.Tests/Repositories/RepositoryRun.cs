using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Authoring;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Tests.Repositories;

/// <summary>Commands of <c>outwork repo</c> in a folder of their own, and devices that follow what they publish.</summary>
internal sealed class RepositoryRun : IDisposable
{
    private readonly CommandRun _run = new();
    private int _seen;
    private int _told;

    public RepositoryRun()
    {
        Clock = new SetTime();
        _run.Time = Clock;
        File.SetUnixFileMode(_run.WriteFile("passphrase", "correct horse\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public SetTime Clock { get; }

    public string Repository => Path.Join(_run.Directory, "repo");

    /// <summary>What the last command wrote, both kinds.</summary>
    public string Told { get; private set; } = "";

    public string PathOf(string name) => Path.Join(_run.Directory, name);

    public string Write(string name, string text) => _run.WriteFile(name, text);

    /// <summary>Runs a command on the repository; words that are files of the run begin with @.</summary>
    public async Task<int> RunAsync(string line)
    {
        string[] words = [.. line.Split(' ').Select(word => word.StartsWith('@') ? PathOf(word[1..]) : word)];
        int code = await _run.RunAsync(["repo", .. words, "--repo", Repository]);
        Told = _run.Output[_seen..] + _run.Error[_told..];
        (_seen, _told) = (_run.Output.Length, _run.Error.Length);
        return code;
    }

    public async Task DoAsync(string line) => Assert.True(await RunAsync(line) == ExitCodes.Done, $"{line}: {Told}");

    /// <summary>Refused in these words, with a code and advice, to people and to programs.</summary>
    public async Task RefusesAsync(string line, string told)
    {
        Assert.Equal(ExitCodes.Refused, await RunAsync(line));
        string text = Told;
        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, await RunAsync(line + " --json"));
        using JsonDocument refusal = JsonDocument.Parse(Told[..(Told.LastIndexOf('}') + 1)]);
        string code = refusal.RootElement.GetProperty("code").GetString()!;
        Assert.True(code.StartsWith("package-", StringComparison.Ordinal) || Enum.IsDefined(Enum.Parse<DraftFaultCode>(code)), code);
        Assert.Contains($"[{code}]", text, StringComparison.Ordinal);
        Assert.NotEqual("", refusal.RootElement.GetProperty("advice").GetString());
        Told = text;
    }

    public Task MakeKeyAsync(string name, string scheme = "ed25519") => DoAsync($"key new @{name} --scheme {scheme} --passphrase-file @passphrase");

    /// <summary>A signed and published repository with the keys root, targets and online.</summary>
    public async Task MakeRepositoryAsync()
    {
        foreach (string key in (string[])["root", "targets", "online"])
            await MakeKeyAsync(key, "ecdsa");
        await DoAsync("init --root-key @root.pub --targets-key @targets.pub --online-key @online.pub");
        await SignAsync("root", "targets");
        await PublishAsync();
    }

    public Task SignAsync(params string[] keys) => DoAsync($"sign {string.Join(' ', keys.Select(static key => $"--key @{key}"))} --passphrase-file @passphrase");

    public Task PublishAsync() => DoAsync("publish --key @online --passphrase-file @passphrase");

    /// <summary>A device that trusts the first root, or goes on from what it has; null when it takes the repository and finds the file.</summary>
    public async Task<TrustRefusal?> FollowAsync(string device, string? path = null)
    {
        string kept = Directory.CreateDirectory(PathOf("device-" + device)).FullName;
        var metadata = new MetadataFolder(new DiskContentFiles(kept));
        if (metadata.Read(RoleName.Root) is null)
            metadata.Write(RoleName.Root, await File.ReadAllBytesAsync(Path.Join(Repository, "public/metadata/1.root.json")));
        string files = Path.Join(Repository, "public");
        var mirror = new FolderMirror(Path.Join(files, "metadata"), Path.Join(files, "targets"), new MirrorOptions(), TimeProvider.System);
        var client = new RepositoryClient(mirror, metadata, Clock.GetUtcNow(), new WorkflowLimits(), OpenSslEd25519.Instance);
        TrustRefusal? refusal = await client.RefreshAsync(CancellationToken.None);
        if (refusal is not null || path is null)
            return refusal;
        TrustStep step = await client.FindAsync(path, CancellationToken.None);
        return step is FoundStep found ? await client.DownloadAsync(found, Path.Join(kept, "file"), CancellationToken.None) : ((RefusedStep)step).Refusal;
    }

    public string Downloaded(string device) => File.ReadAllText(Path.Join(PathOf("device-" + device), "file"));

    public void Dispose() => _run.Dispose();

    internal sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        /// <summary>Whoever waits is woken at once.</summary>
        public bool Hurries { get; set; }

        /// <summary>Set when somebody begins to wait.</summary>
        public TaskCompletionSource? Waited { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ = Waited?.TrySetResult();
            return base.CreateTimer(callback, state, Hurries && dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
        }

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
