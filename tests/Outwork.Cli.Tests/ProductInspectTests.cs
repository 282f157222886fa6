using System.Text.Json;
using Outwork.Cli.Tests.Support;

namespace Outwork.Cli.Tests;

public sealed class ProductInspectTests
{
    [Fact]
    public async Task Without_a_manifest_the_defaults_are_told()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");

        await run.RunAsync("product", "inspect", program);

        Assert.Contains("manifest: none: the defaults apply", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"network +- +no *\n", run.Output);
        Assert.Matches(@"memory +- +512 MiB *\n", run.Output);
    }

    [Fact]
    public async Task Network_that_is_asked_for_and_not_allowed_is_a_fault_of_its_field()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");
        run.WriteFile("vendor.product.json", """{"needs":{"network":true,"memoryMiB":64}}""");

        Assert.Equal(1, await run.RunAsync("product", "inspect", program));

        Assert.Matches(@"network +yes +- *\n", run.Output);
        Assert.Matches(@"needs\.network +asked for, and not allowed", run.Output);
        Assert.Contains("It does NOT start.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_a_share_of_the_machine_is_cut_unless_the_administrator_allows_it()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");
        run.WriteFile("vendor.product.json", """{"needs":{"processes":4096,"cpuPercent":6400}}""");

        await run.RunAsync("product", "inspect", program);

        Assert.Matches(@"processes and threads +4096 +512 *\n", run.Output);
        Assert.Contains("It gets 512 processes and threads instead of 4096: no more of this machine without --allow-resources.", run.Output, StringComparison.Ordinal);
        Assert.Contains(" % of a processor instead of 6400", run.Output, StringComparison.Ordinal);

        using var allowed = new CommandRun();
        program = allowed.WriteProgram("vendor");
        allowed.WriteFile("vendor.product.json", """{"needs":{"processes":4096,"cpuPercent":6400}}""");

        await allowed.RunAsync("product", "inspect", program, "--allow-resources");

        Assert.Matches(@"processes and threads +4096 +4096 *\n", allowed.Output);
        Assert.DoesNotContain("It gets", allowed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_tells_asked_granted_faults_and_what_is_not_enforced()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");
        string manifest = run.WriteFile("vendor.product.json", """{"needs":{"network":true,"memoryMiB":64}}""");

        Assert.Equal(0, await run.RunAsync("product", "inspect", program, "--json", "--allow-network", "--allow-weaker-confinement"));

        using JsonDocument told = JsonDocument.Parse(run.Output);
        Assert.Equal(manifest, told.RootElement.GetProperty("manifest").GetString());
        Assert.Equal(64, told.RootElement.GetProperty("asked").GetProperty("memoryMiB").GetInt32());
        Assert.True(told.RootElement.GetProperty("granted").GetProperty("network").GetBoolean());
        Assert.Equal(100, told.RootElement.GetProperty("granted").GetProperty("cpuPercent").GetInt32());
        Assert.Equal(0, told.RootElement.GetProperty("faults").GetArrayLength());
        Assert.Equal(JsonValueKind.Array, told.RootElement.GetProperty("notEnforced").ValueKind);
        Assert.True(told.RootElement.GetProperty("starts").GetBoolean());
    }

    [Fact]
    public async Task Limit_of_the_data_folder_is_told_where_there_is_one()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");
        run.WriteFile("vendor.product.json", """{"needs":{"data":true}}""");
        await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement");
        Assert.Matches(@"data folder size +- +64 MiB *\n", run.Output);

        run.WriteFile("vendor.product.json", """{"needs":{"data":true,"dataMiB":200}}""");
        await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement");
        Assert.Matches(@"data folder size +200 MiB +200 MiB *\n", run.Output);

        run.WriteFile("vendor.product.json", "{}");
        await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement");
        Assert.Matches(@"data folder size +- +- *\n", run.Output);
    }

    [Fact]
    public async Task Program_that_is_not_there_is_told()
    {
        using var run = new CommandRun();
        Assert.Equal(1, await run.RunAsync("product", "inspect", "no-such-product"));
        Assert.Contains("outwork-no-such-product: there is no such file", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_and_missing_file_are_told_as_json_too()
    {
        using var run = new CommandRun();
        Assert.Equal(1, await run.RunAsync("product", "inspect", run.Directory, "--json"));

        using JsonDocument told = JsonDocument.Parse(run.Output);
        Assert.Equal("not-a-program", told.RootElement.GetProperty("code").GetString());
        Assert.Contains(": a folder.", run.Error, StringComparison.Ordinal);

        using var missing = new CommandRun();
        Assert.Equal(1, await missing.RunAsync("product", "inspect", "/nonexistent/product", "--json"));

        using JsonDocument notThere = JsonDocument.Parse(missing.Output);
        Assert.Equal("not-found", notThere.RootElement.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead, "not executable. Name a built executable")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserExecute, "not executable by everybody")]
    public async Task File_that_cannot_be_started_does_not_start(UnixFileMode mode, string fault)
    {
        using var run = new CommandRun();
        string program = run.WriteFile("vendor", "");
        File.SetUnixFileMode(program, mode);

        Assert.Equal(1, await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement"));

        Assert.Matches("program +" + fault, run.Output);
        Assert.Contains("It does NOT start.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_that_is_not_the_file_s_is_warned_of_and_a_reserved_one_refused()
    {
        using var run = new CommandRun();
        string program = run.WriteProgram("vendor");
        run.WriteFile("vendor.product.json", """{"name":"other"}""");
        Assert.Equal(0, await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement"));
        Assert.Contains($"The manifest's name is other, and the program's file is vendor: it starts under no other name than that of up --product other={program}", run.Output, StringComparison.Ordinal);

        run.WriteFile("vendor.product.json", """{"name":"broker"}""");
        Assert.Equal(1, await run.RunAsync("product", "inspect", program, "--allow-weaker-confinement"));
        Assert.Matches("name +broker is a process of Outwork's own", run.Output);

        using var same = new CommandRun();
        program = same.WriteProgram("outwork-vendor");
        same.WriteFile("outwork-vendor.product.json", """{"name":"vendor"}""");
        Assert.Equal(0, await same.RunAsync("product", "inspect", program, "--allow-weaker-confinement"));
        Assert.DoesNotContain("The manifest's name", same.Output, StringComparison.Ordinal);
    }
}
