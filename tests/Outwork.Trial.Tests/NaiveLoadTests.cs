using Outwork.Contracts.Events;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.TestAssets.TemplateGuard;

namespace Outwork.Trial.Tests;

/// <summary>The same contents without a trial: why there is one.</summary>
public sealed class NaiveLoadTests
{
    [Theory]
    [InlineData("july19", 11)]
    [InlineData("good", 0)]
    public void Content_in_force_without_a_trial_does_what_it_does(string content, int signal)
    {
        using var start = new NaiveStart(content);
        using ProductUnderTest product = ProductUnderTest.Launch(start, TimeProvider.System, out _)!;
        Assert.True(product.WaitUntil(() => product.Subscription is not null, TimeSpan.FromMinutes(1)), product.Log.Text);
        Assert.NotNull(product.Content);

        _ = product.AskAndWait(new SampleFile("/bin/true", ExecVia.Direct, null, 1), TimeSpan.FromMinutes(1));

        Assert.Equal(signal, product.WaitForExit(signal == 0 ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(1))?.Signal ?? 0);
        Assert.Equal(signal == 0, product.Exit is null);
    }

    [Theory]
    [InlineData("good")]
    [InlineData("july19")]
    public void Reader_that_knows_the_interpreter_refuses_the_declaration(string content)
    {
        var output = new StringWriter();

        Assert.Equal(2, TemplateCheck.Run(Path.Join(RunningTrial.Programs, "contents", content), output));
        Assert.Equal("error: template.json: was made for template-guard version 1 with 21 fields; this product interprets template-guard version 1 with 20 fields", output.ToString().Trim());
    }
}
