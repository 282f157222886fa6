using Outwork.Cli.Certify;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

/// <summary>Certifies with times that suit a test run.</summary>
internal static class ShortRun
{
    public static CertifyOptions Options(string product, string? content = null) => new()
    {
        Product = product,
        Content = content,
        // Far more than a good product needs, on a machine that does much else.
        SubscribeLimit = TimeSpan.FromSeconds(20),
        Deadline = TimeSpan.FromSeconds(2),
        ShortDeadline = TimeSpan.FromMilliseconds(500),
        LoadDuration = TimeSpan.FromSeconds(1.5),
        LoadRate = 400,
        Events = 12_000,
        RestDuration = TimeSpan.FromMilliseconds(400),
        ContentLimit = TimeSpan.FromSeconds(1),
        EndLimit = TimeSpan.FromSeconds(2),
    };

    public static CertifyReport Of(ChaosBehavior behavior, string? launcher = null)
    {
        string content = Directory.CreateTempSubdirectory("outwork-chaos-").FullName;
        try
        {
            File.WriteAllText(Path.Join(content, ChaosPlan.FileName), new ChaosPlan(behavior).ToString());
            return Of(Options(BuiltPrograms.ChaosProduct, content) with { Launcher = launcher });
        }
        finally
        {
            Directory.Delete(content, recursive: true);
        }
    }

    /// <summary>On a thread that lives as long as the product: a confined one ends with the thread that started it.</summary>
    public static CertifyReport Of(CertifyOptions options)
    {
        CertifyReport? report = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                report = Certification.Run(options, TimeProvider.System);
            }
#pragma warning disable CA1031 // Thrown again where the test sees it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                failure = fault;
            }
        });
        thread.Start();
        thread.Join();
        return report ?? throw new InvalidOperationException("certify failed", failure);
    }

    public static string Describe(CertifyReport report) => string.Join(
        '\n', report.Checks.Select(static check => $"{check.Outcome} {check.Name}: {check.Measured}").Append(report.Log));
}
