using System.Diagnostics;

namespace Outwork.EndToEnd.Tests;

/// <summary>Whether a product's attempts to reach beyond its confinement are told, through all of the programs.</summary>
public sealed class AttemptTests
{
    [Fact]
    public async Task ExecGuard_that_starts_judges_and_loads_content_reaches_for_nothing()
    {
        using var directory = new TempDirectory();
        using var outwork = new RunningOutwork();
        using Process watch = TestProcess.Start("/", RunningOutwork.Executable, "watch", "--json", "--socket", Path.Combine(outwork.RunDirectory, "control.sock"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        Task<List<string>> output = ReadUntilAsync(watch, "contentChange", limit.Token);
        List<string> told;
        try
        {
            // Its start as well, which was before anybody watched.
            int first = outwork.Status().Processes.Single(static p => p.Role == "product").Pid;
            TestProcess.Run("/bin/kill", "-9", $"{first}");
            RunningOutwork.Eventually(() => outwork.Status().Products.Any(p => p is { Name: "execguard", State: "judging" } && p.Pid != first), "the product again");
            for (int i = 0; i < 50; i++)
            {
                File.WriteAllText(directory["judged.sh"], $"#!/bin/sh\necho {i}\n");
                File.SetUnixFileMode(directory["judged.sh"], (UnixFileMode)0b111_101_101);
                Assert.Equal($"{i}\n", TestProcess.Run(directory["judged.sh"]).Output);
            }

            File.WriteAllText(Path.Combine(outwork.ContentDirectory, "more.yar"), "rule More { condition: false }\n");
            RunningOutwork.Eventually(() => outwork.Status().Products.Any(p => p is { Name: "execguard", ContentGeneration: >= 2 }), "the content");
            told = await output;
        }
        finally
        {
            watch.Kill();
        }

        Assert.DoesNotContain(told, static line => line.Contains("confinementRefusal", StringComparison.OrdinalIgnoreCase));
    }

    // What is told is in order: an attempt made before comes before.
    private static async Task<List<string>> ReadUntilAsync(Process watch, string last, CancellationToken cancel)
    {
        var lines = new List<string>();
        while (await watch.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            lines.Add(line);
            if (line.Contains(last, StringComparison.OrdinalIgnoreCase))
                return lines;
        }

        throw new InvalidOperationException($"no {last} was told");
    }

    [Fact]
    public void Product_that_reaches_beyond_is_told_to_watchers_with_the_path()
    {
        using var directory = new TempDirectory();
        // Its folder is the one thing of this directory that the product's user sees.
        string folder = Directory.CreateDirectory(directory["program"], (UnixFileMode)0b111_101_101).FullName;
        string product = Path.Combine(folder, "reaching");

        // Each another path: a path is told the first time only, and that may be before anybody watches.
        File.WriteAllText(product, "#!/bin/sh\ni=0\nwhile :; do i=$((i+1)); mkdir /var/tmp/outwork-reaching-$i; sleep 1; done 2>/dev/null\n");
        File.SetUnixFileMode(product, (UnixFileMode)0b111_101_101);
        File.WriteAllText(product + ".product.json", """{"needs":{"systemPrograms":true}}""");
        using var outwork = new RunningOutwork("--product", $"reaching={product}", "--product", $"execguard={Path.Combine(Path.GetDirectoryName(RunningOutwork.Executable)!, "outwork-execguard")}");
        using Process watch = TestProcess.Start("/", RunningOutwork.Executable, "watch", "--json", "--socket", Path.Combine(outwork.RunDirectory, "control.sock"));
        try
        {
            for (string? line = ""; !line.Contains("reaching was refused mkdir of /var/tmp/outwork-reaching-", StringComparison.Ordinal);)
                line = watch.StandardOutput.ReadLine() ?? throw new InvalidOperationException("watch ended");
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public void Kernel_without_notification_is_named_in_status_and_in_inspect()
    {
        using var directory = new TempDirectory();
        string without = directory["without"];
        Assert.Equal(0, TestProcess.Run("gcc", "-o", without, Path.Combine(AppContext.BaseDirectory, "testassets", "confinement", "without.c")).ExitCode);

        // seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, ...)
        string[] wrapper = [without, "317:1:8", "--"];
        TestProcess inspected = TestProcess.Run(without, "317:1:8", "--", RunningOutwork.Executable, "product", "inspect", "/bin/true", "--json");
        Assert.Contains("is refused and not told", inspected.Output, StringComparison.Ordinal);
        using var outwork = new RunningOutwork([.. wrapper, RunningOutwork.Executable], []);

        Assert.Contains(outwork.Status().Mechanisms, static m => m is { Name: "seccomp.user-notif", InForce: false });
        Assert.Contains(outwork.Status().Products, static p => p.Name == "execguard");
    }
}
