using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.EndToEnd.Tests;

/// <summary>Content on its way from who publishes it to the product, with real processes on both sides and a web server between them.</summary>
public sealed class ContentUpdateTests : IDisposable
{
    private const string ExecGuard = """{ "name": "execguard", "version": 1, "fields": 2 }""";
    private const string Templates = """{ "name": "template-guard", "version": 1, "fields": 21 }""";

    private readonly TempDirectory _directory = new();
    private readonly string _mount;

    public ContentUpdateTests()
    {
        RequiresRoot.Check();
        _mount = _directory["guarded"];
        Directory.CreateDirectory(_mount);
        Assert.Equal(0, TestProcess.Run("/bin/mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "outwork-test", _mount).ExitCode);
    }

    public void Dispose()
    {
        Assert.Equal(0, TestProcess.Run("/bin/umount", "-l", _mount).ExitCode);
        _directory.Dispose();
    }

    [Fact]
    public void Good_content_is_taken_and_defective_content_refused_while_protection_never_stops()
    {
        var publisher = new ContentPublisher(_directory["publish"]);
        publisher.Publish("execguard", "1.0.0", ExecGuard, Rules("1.0.0", "rule Demo { strings: $a = \"outwork-demo-refuse-me\" condition: $a }"));
        using var server = new ContentServer(publisher.Public);
        string updates = publisher.WriteUpdates(_directory["etc"], server.Address, "execguard", onTrialSeconds: 2, questions: 50);
        string allowed = Script("allowed.sh", "exit 0");
        string denied = Script("denied.sh", "# outwork-demo-refuse-me\nexit 0");
        using var outwork = new RunningOutwork("--mount", _mount, "--updates", updates);
        RunningOutwork.Eventually(() => InForce(outwork, "execguard") is { Phase: "committed", Version: "1.0.0" }, "1.0.0 committed", seconds: 120);
        RunningOutwork.Eventually(() => server.NotModified > 0, "the server said that nothing had changed");
        Assert.False(Prober.Starts(denied));

        using var prober = new Prober(allowed, denied);
        publisher.Publish("execguard", "1.1.0", ExecGuard, Rules("1.1.0", "rule Refuses_A_Shell { strings: $a = \"GNU bash\" condition: $a }"));
        RunningOutwork.Eventually(() => Denied(outwork, "execguard", "1.1.0"), "1.1.0 denied", seconds: 120);
        string history = outwork.Command("content", "history", "execguard").Output;
        Assert.Contains("1.1.0 was rejected: ", history, StringComparison.Ordinal);
        Assert.True(history.Contains("[trial-protected-denied, after ", StringComparison.Ordinal), history);
        Assert.Contains("1.0.0 ran well", history, StringComparison.Ordinal);
        Assert.Equal("1.0.0", InForce(outwork, "execguard")?.Version);

        publisher.Publish("execguard", "1.2.0", ExecGuard, Rules("1.2.0", "rule Demo { strings: $a = \"outwork-demo-refuse-me\" condition: $a }"));
        RunningOutwork.Eventually(() => InForce(outwork, "execguard") is { Phase: "committed", Version: "1.2.0" }, "1.2.0 committed", seconds: 120);
        prober.Stop();
        TestContext.Current.TestOutputHelper?.WriteLine($"{prober.Rounds} rounds, longest start {prober.LongestMs} ms\n{history}");
        Assert.True(prober.Rounds > 10);
        Assert.Equal((0, 0), (prober.Ran, prober.Refused));
    }

    [Fact]
    public async Task July_19_is_refused_by_the_trial_and_what_fails_later_is_taken_back()
    {
        var publisher = new ContentPublisher(_directory["publish"]);
        publisher.Publish("template-guard", "291.1.0", Templates, Template("good"));
        using var server = new ContentServer(publisher.Public);
        string updates = publisher.WriteUpdates(_directory["etc"], server.Address, "template-guard", onTrialSeconds: 15, questions: 0, liveSeconds: 0);
        File.WriteAllText(_directory["policy.yaml"], """
            version: 1
            default: allow
            rules:
              - id: ask
                match: { kind: exec }
                action: { ask: [template-guard] }
                deadline: 2s
                on-failure: open
            """);
        string allowed = Script("allowed.sh", "exit 0");
        string denied = Script("evil-tool", "exit 0");
        using var outwork = new RunningOutwork("--mount", _mount, "--updates", updates, "--policy", _directory["policy.yaml"], "--product", $"template-guard={TemplateGuard}");
        RunningOutwork.Eventually(() => InForce(outwork, "template-guard") is { Phase: "committed", Version: "291.1.0" }, "291.1.0 committed", seconds: 120);
        int pid = outwork.Status().Products.Single(static p => p.Name == "template-guard").Pid;

        using var prober = new Prober(allowed, denied);
        publisher.Publish("template-guard", "291.2.0", Templates, Template("july19"));
        RunningOutwork.Eventually(() => Denied(outwork, "template-guard", "291.2.0"), "291.2.0 denied", seconds: 120);
        Assert.Equal((0, 0), (prober.Ran, prober.Refused));

        Assert.Equal(pid, outwork.Status().Products.Single(static p => p.Name == "template-guard").Pid);
        Assert.Contains("SIGSEGV", outwork.Command("content", "history", "template-guard").Output, StringComparison.Ordinal);

        // Crashes from its 600th question on: the trial, which asks fewer here and nothing of what happens meanwhile, cannot see it.
        string crashing = File.ReadAllText(Content("event-10000"));
        string instance = crashing.Split('\n').Single(static line => line.Contains("\"late\"", StringComparison.Ordinal));
        string late = crashing.Replace(
            instance, $"{instance.Replace("10000", "[6-9]??", StringComparison.Ordinal)},\n{instance.Replace("10000", "????*", StringComparison.Ordinal)}", StringComparison.Ordinal);
        Task<DateTimeOffset> failing = WaitForEndAsync(pid);
        publisher.Publish("template-guard", "291.3.0", Templates, ("template.json", late));
        RunningOutwork.Eventually(() => InForce(outwork, "template-guard")?.Version == "291.3.0" || Denied(outwork, "template-guard", "291.3.0"), "291.3.0 in force", seconds: 120);
        RunningOutwork.Eventually(
            () =>
            {
                // Another file each time: of one that was allowed nothing is asked again.
                TestProcess.Run("/bin/sh", "-c", $"for i in $(seq 60); do cp -p {allowed} {allowed}.$i && {allowed}.$i; rm -f {allowed}.$i; done");
                return Denied(outwork, "template-guard", "291.3.0");
            },
            "291.3.0 taken back", seconds: 120);
        Assert.Equal("291.1.0", InForce(outwork, "template-guard")?.Version);
        prober.Stop();
        Assert.Equal(0, prober.Refused);
        ContentStep[] steps = History(outwork, "template-guard");
        Assert.True(steps[^1] is { Event: "rolledBack", Version: "291.3.0" }, string.Join('\n', steps.AsEnumerable()));
        ContentStep back = steps[^1];
        Assert.True(failing.IsCompleted, "the product ended");
        double milliseconds = (back.TimeUnixNs / 1e6) - (await failing).ToUnixTimeMilliseconds();
        TestContext.Current.TestOutputHelper?.WriteLine($"taken back {milliseconds:F0} ms after the product had ended; meanwhile {prober.Ran} of {prober.Rounds} forbidden starts went through");
        Assert.InRange(milliseconds, -5, 1_000);
        string history = outwork.Command("content", "history", "template-guard").Output;
        TestContext.Current.TestOutputHelper?.WriteLine(history);
        Assert.Contains("291.3.0 was taken back: the product's process ended", history, StringComparison.Ordinal);
        RunningOutwork.Eventually(() => !Prober.Starts(denied), "the guard judges again with 291.1.0");
    }

    private static string TemplateGuard => Path.Combine(RunningOutwork.Root(), "testassets", "TemplateGuard", "bin", Configuration, "net10.0", "linux-x64", "template-guard");

    // Built beside these tests, in the same configuration.
    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string Content(string name) => Path.Combine(RunningOutwork.Root(), "testassets", "TemplateGuard", "contents", name, "template.json");

    private static (string Name, string Text) Template(string name) => ("template.json", File.ReadAllText(Content(name)));

    private static (string Name, string Text)[] Rules(string version, string rule) =>
        [("rules.yar", rule + "\n"), ("execguard.json", $$"""{ "version": "{{version}}", "schema": {{ExecGuard}} }""")];

    private string Script(string name, string text)
    {
        string path = Path.Combine(_mount, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return path;
    }

    private static ContentStatus Of(RunningOutwork outwork, string product) =>
        JsonSerializer.Deserialize(outwork.Command("content", "list", "--json").Output, ControlJsonContext.Default.ContentStatusArray)!.Single(c => c.Product == product);

    private static ContentStep[] History(RunningOutwork outwork, string product) =>
        JsonSerializer.Deserialize(outwork.Command("content", "history", product, "--json").Output, ControlJsonContext.Default.ContentStepArray)!;

    private static async Task<DateTimeOffset> WaitForEndAsync(int pid)
    {
        while (Directory.Exists($"/proc/{pid}"))
            await Task.Delay(5);
        return TimeProvider.System.GetUtcNow();
    }

    private static ContentSlotStatus? InForce(RunningOutwork outwork, string product) => Array.Find(Of(outwork, product).Slots, static slot => slot.InForce);

    private static bool Denied(RunningOutwork outwork, string product, string version) => Array.Exists(Of(outwork, product).Denied, denied => denied.Version == version);
}
