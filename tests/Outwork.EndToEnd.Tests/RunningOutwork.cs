using System.Diagnostics;
using System.Text.Json;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.EndToEnd.Tests;

/// <summary>
/// `outwork up --headless` as a user starts it, from the built executables. A shell beside it ends everything after a while, so
/// that a guard on / that holds somebody up cannot outlive the test.
/// </summary>
internal sealed class RunningOutwork : IDisposable
{
    private const int SecondsToLive = 420;
    private static readonly string Binaries = Environment.GetEnvironmentVariable("OUTWORK_BIN") ?? Path.Combine(Root(), "artifacts", "bin");
    private readonly Process _up, _killer;
    private readonly TempDirectory _directory = new();

    public RunningOutwork(params string[] arguments) : this([Executable], arguments)
    {
    }

    /// <summary>Started as this command: another built executable, or one after a program that starts it.</summary>
    public RunningOutwork(string[] command, string[] arguments)
    {
        RequiresRoot.Check();
        _up = TestProcess.Start("/", command[0], [.. command[1..], "up", "--headless", "--run-dir", RunDirectory, "--state-dir", StateDirectory, .. arguments]);
        _killer = TestProcess.Start("/", "/bin/sh", "-c", $"sleep {SecondsToLive}; kill -9 {_up.Id}");
        ProtectionLine = _up.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"up ended: {_up.StandardError.ReadToEnd()}");
    }

    public static string Executable => Path.Combine(Binaries, "outwork");

    public string ProtectionLine { get; }

    public int WardenPid => Status().Processes.Single(static p => p.Role == "warden").Pid;

    public string RunDirectory => _directory["run"];

    public string StateDirectory => _directory["state"];

    public string ContentDirectory => Path.Combine(StateDirectory, "content", "execguard");

    public StatusSnapshot Status() =>
        JsonSerializer.Deserialize(Command("status", "--json").Output, ControlJsonContext.Default.StatusSnapshot)!;

    public DecisionRecord? LastDenial(string path) =>
        JsonSerializer.Deserialize(Command("decisions", "-n", "500", "--json").Output, ControlJsonContext.Default.DecisionRecordArray)!
            .LastOrDefault(d => d.Path == path && d.Verdict == Verdict.Deny);

    public TestProcess Command(params string[] arguments) =>
        TestProcess.Run(Executable, [.. arguments, "--socket", Path.Combine(RunDirectory, "control.sock")]);

    /// <summary>Waits until a condition holds.</summary>
    public static void Eventually(Func<bool> condition, string what, int seconds = 20)
    {
        for (long end = Environment.TickCount64 + (seconds * 1_000L); !condition();)
        {
            Assert.True(Environment.TickCount64 < end, $"did not happen: {what}");
            Task.Delay(50).GetAwaiter().GetResult();
        }
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public int End(string signal)
    {
        TestProcess.Run("/bin/kill", signal, $"{_up.Id}");
        Assert.True(_up.WaitForExit(TimeSpan.FromSeconds(20)), "up did not end");
        return _up.ExitCode;
    }

    public void Dispose()
    {
        if (!_up.HasExited) End("-TERM");
        // The shell alone: its sleep ends by itself and then finds nothing to kill.
        _killer.Kill(entireProcessTree: true);
        _killer.WaitForExit();
        _killer.Dispose();
        _up.Dispose();
        _directory.Dispose();
    }

    public static string Root()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Outwork.slnx"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("The repository's root was not found.");
    }
}
