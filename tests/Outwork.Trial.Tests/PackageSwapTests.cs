using System.Diagnostics;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial.Tests;

/// <summary>Other content comes into force in the running product: the link is exchanged, and nobody is started or ended.</summary>
public sealed class PackageSwapTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(3);
    private static readonly SampleFile Sample = new("/bin/true", ExecVia.Direct, null, 1);

    [Fact]
    public void Swap_and_roll_back_are_taken_by_the_running_product()
    {
        using var start = new NaiveStart("good");
        using ProductUnderTest product = ProductUnderTest.Launch(start, TimeProvider.System, out _)!;
        Assert.True(product.WaitUntil(() => product.Subscription is not null, Patience), product.Log.Text);
        Assert.Equal(Verdict.Allow, product.AskAndWait(Sample, Patience)?.Reply?.Verdict);

        // Staging into the other slot wakes nobody.
        int frames = product.OtherFrames;
        RunningTrial.PutContent("denies-everything", Path.Join(start.Packages, "b"));
        _ = product.WaitUntil(static () => false, TimeSpan.FromMilliseconds(500));
        Assert.Equal(frames, product.OtherFrames);

        TimeSpan swap = Swap(start, product, "b", "291.5");
        Assert.Equal(Verdict.Deny, product.AskAndWait(Sample, Patience)?.Reply?.Verdict);
        TimeSpan rollBack = Swap(start, product, "a", "291.1");
        Assert.Equal(Verdict.Allow, product.AskAndWait(Sample, Patience)?.Reply?.Verdict);

        Assert.Null(product.Exit);
        Assert.True(swap < Promptly && rollBack < Promptly, $"swap {swap.TotalMilliseconds} ms, back {rollBack.TotalMilliseconds} ms");
        TestContext.Current.SendDiagnosticMessage($"swap {swap.TotalMilliseconds:F0} ms, roll back {rollBack.TotalMilliseconds:F0} ms");
    }

    [Fact]
    public void Slot_that_holds_no_content_leaves_in_force_what_was()
    {
        using var start = new NaiveStart("good");
        using ProductUnderTest product = ProductUnderTest.Launch(start, TimeProvider.System, out _)!;
        Assert.True(product.WaitUntil(() => product.Subscription is not null, Patience), product.Log.Text);
        RunningTrial.PutContent("not-content", Path.Join(start.Packages, "b"));
        start.Link("b");

        Assert.True(product.WaitUntil(() => product.HealthMessage.Contains("has 1 fields", StringComparison.Ordinal), Patience));
        Assert.Equal(Verdict.Allow, product.AskAndWait(Sample, Patience)?.Reply?.Verdict);
    }

    private static TimeSpan Swap(NaiveStart start, ProductUnderTest product, string slot, string version)
    {
        long began = Stopwatch.GetTimestamp();
        start.Link(slot);
        Assert.True(product.WaitUntil(() => product.Content?.Version == version, Patience), $"{product.Content?.Version} {product.HealthMessage}");
        return Stopwatch.GetElapsedTime(began);
    }
}
