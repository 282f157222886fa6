using System.Diagnostics;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Faults;

/// <summary>
/// A whole Outwork, as `outwork up --headless` starts it, on a file system of its own, with the probe at work on it. Its products are
/// chaos products that behave until told otherwise: guard-0 is never hit, the others are victims in turn, the last is
/// ExecGuard. A shell beside it ends everything after a while, so that no guard outlives who made it. One thread.
/// </summary>
public sealed class FaultedMachine : IDisposable
{
    /// <summary>The <see cref="Judgement"/> when the control socket gives no answer.</summary>
    public const string NoAnswer = "no answer from the control socket";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly Process _up, _killer;
    private readonly HashSet<MachineProcess> _seen = [];
    private int _victim, _taken;

    private FaultedMachine(TimeSpan lives)
    {
        Folders = new MachineFolders(BuiltPrograms.Executables);
        string[] products = [.. Folders.ProductPrograms.SelectMany(static product => new[] { "--product", $"{product.Name}={product.Program}" })];
        // The output goes to a file: nobody needs to read it so that it goes on.
        _up = Programs.Start("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", Folders.Log, Path.Join(Folders.Executables, "outwork"),
            "up", "--headless", "--mount", Folders.Mount, "--run-dir", Folders.Run, "--state-dir", Folders.State, "--policy", Folders.Policy, .. products]);
        _killer = Programs.Start("/bin/sh", "-c", KillerScript, "sh", $"{(int)lives.TotalSeconds}", $"{_up.Id}", Folders.Run);
        Keeper = _up.Id;
        long began = WorkProbe.Now;
        if (!Waiting.Until(() => Log().Contains("protection is on", StringComparison.Ordinal) || _up.HasExited, StartPatience) || _up.HasExited)
        {
            string log = Log();
            Dispose();
            throw new InvalidOperationException($"Outwork did not start: {log}");
        }

        StartedIn = TimeProvider.System.GetElapsedTime(began);
        Probe = WorkProbe.Start(ProbePrograms.Instance, Folders.ProbeMemory, Folders.Mount);
    }

    // Ends who holds the instance's lock (the warden and the broker) and the keeper, as long as that is still the process it was.
    private const string KillerScript = """
        sleep "$1"
        grep -qs -- "$3" "/proc/$2/cmdline" && kill -9 "$2"
        for process in /proc/[0-9]*; do
            ls -l "$process/fd" 2>/dev/null | grep -qF -- "$3/lock" && kill -9 "${process#/proc/}"
        done
        """;

    /// <summary>Starts one and waits until everything judges.</summary>
    /// <param name="lives">When it is ended at the latest; two minutes unless given.</param>
    public static FaultedMachine Start(TimeSpan? lives = null)
    {
        var machine = new FaultedMachine(lives ?? TimeSpan.FromMinutes(2));
        try
        {
            if (!Waiting.Until(machine.IsJudging, StartPatience))
                throw new InvalidOperationException($"not everything judges: {machine.Judgement()}\n{machine.Log()}");
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    /// <summary>Its files.</summary>
    public MachineFolders Folders { get; }

    /// <summary>The work on it.</summary>
    public WorkProbe Probe { get; } = null!;

    /// <summary>How long its start took, until the guard was on: tells how busy the real machine is.</summary>
    public TimeSpan StartedIn { get; }

    /// <summary>The process that starts the warden again.</summary>
    public int Keeper { get; }

    /// <summary>The name of the folder of its control groups.</summary>
    public string ControlGroup => ControlGroups.FolderOf(Folders.Run);

    /// <summary>The victim that is hit now, as a number; 0 before the first.</summary>
    public int Victim => _victim;

    /// <summary>Victims that no fault has hit yet, ExecGuard left out.</summary>
    public int FreshVictims => Math.Max(0, MachineFolders.Victims - _taken);

    /// <summary>Every process of it that was ever seen.</summary>
    public IReadOnlyCollection<MachineProcess> Seen => _seen;

    /// <summary>Its processes, found in /proc.</summary>
    public IReadOnlyList<MachineProcess> Processes()
    {
        List<MachineProcess> found = MachineProcesses.Find(Keeper);
        _seen.UnionWith(found);
        return found;
    }

    /// <summary>The process of a role; 0 when there is none.</summary>
    public int Pid(MachineRole role) => Processes().FirstOrDefault(process => process.Role == role)?.Pid ?? 0;

    /// <summary>The process of a product; 0 when there is none.</summary>
    public int ProductPid(int number) =>
        Processes().FirstOrDefault(process => process.Role == MachineRole.Product && process.Name == MachineFolders.ProductName(number))?.Pid ?? 0;

    /// <summary>Sends a signal.</summary>
    /// <exception cref="InvalidOperationException">There is no such process: what was to happen has not.</exception>
    public static void Signal(int pid, Signals signal)
    {
        if (!TrySignal(pid, signal))
            throw new InvalidOperationException($"no process {pid} to send {signal} to");
    }

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool TrySignal(int pid, Signals signal) =>
        // 0 and negative numbers are groups of processes, this one's among them.
        pid > 1 && NativeCalls.Kill(pid, (int)signal) == 0;

    /// <summary>
    /// Ends a process by a signal that its program may handle once: the runtime takes the first for a fault of its own that will happen
    /// again. Sent until it has ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such process, or it does not end.</exception>
    public static void End(int pid, Signals signal)
    {
        Signal(pid, signal);
        if (!Waiting.Until(() => MachineProcesses.State(pid) is 'X' or 'Z' || !TrySignal(pid, signal), TimeSpan.FromSeconds(2)))
            throw new InvalidOperationException($"process {pid} did not end by {signal}");
    }

    /// <summary>What Outwork has written.</summary>
    public string Log() => File.Exists(Folders.Log) ? File.ReadAllText(Folders.Log) : "";

    /// <summary>What `outwork status` would show; null when there is no answer within a second.</summary>
    public StatusSnapshot? TryStatus() => Ask(new ControlRequest { Operation = ControlOperations.Status })?.Status;

    /// <summary>A request to the agent; null when there is no answer within a second.</summary>
    public ControlResponse? Ask(ControlRequest request) => ControlPort.Ask(Folders.Control, request);

    /// <summary>True when everything runs, is protected, and the latest of the probe's operations show it.</summary>
    public bool IsJudging() => Judgement().Length == 0;

    /// <summary>What keeps <see cref="IsJudging"/> from being true; empty when it is.</summary>
    public string Judgement()
    {
        long now = WorkProbe.Now;
        if (TryStatus() is not { } status)
            return NoAnswer;
        if (!status.Protecting)
            return "not protecting";
        for (int number = 0; number <= MachineFolders.ExecGuard; number++)
        {
            string name = MachineFolders.ProductName(number);
            string state = status.Products.FirstOrDefault(product => product.Name == name)?.State ?? "absent";
            if (state != "judging")
                return $"{name} is {state}";
        }

        return Probe.Disproof(now - (long)TimeSpan.FromSeconds(1).TotalNanoseconds);
    }

    /// <summary>Waits until everything judges. Returns how long that took, or null when the time is over before.</summary>
    public TimeSpan? WaitUntilJudging(TimeSpan limit)
    {
        long began = WorkProbe.Now;
        return Waiting.Until(IsJudging, limit) ? TimeProvider.System.GetElapsedTime(began) : null;
    }

    /// <summary>
    /// Kills the process of a role, and waits until another has the role and everything judges: a look that comes too early would find the
    /// old one's work still standing.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such process, or no other came.</exception>
    public void KillAndAwaitNext(MachineRole role, TimeSpan limit)
    {
        int killed = Pid(role);
        Signal(killed, Signals.Kill);
        if (!Waiting.Until(() => Pid(role) is var next && next != 0 && next != killed && IsJudging(), limit))
            throw new InvalidOperationException($"no {role} judges {limit.TotalSeconds:N0} s after process {killed} was killed: {Judgement()}");
    }

    /// <summary>Takes the next victim, and sends the questions of the probe elsewhere until <see cref="Aim"/>. Begins anew after the last.</summary>
    public int NextVictim()
    {
        _victim = (_taken++ % MachineFolders.Victims) + 1;
        Probe.Victim = 0;
        return _victim;
    }

    /// <summary>Makes ExecGuard the victim.</summary>
    public void TakeExecGuard()
    {
        _victim = MachineFolders.ExecGuard;
        Probe.Victim = 0;
    }

    /// <summary>Lets the probe's questions go to the victim.</summary>
    public void Aim() => Probe.Victim = _victim;

    /// <summary>
    /// Starts the next victim again as a product that is broken in a way, after it has seen a few events. The questions of the probe go
    /// elsewhere until <see cref="Aim"/>.
    /// </summary>
    public void Unleash(ChaosBehavior behavior)
    {
        int victim = NextVictim();
        int before = ProductPid(victim);
        File.WriteAllText(Path.Join(Folders.Content(victim), ChaosPlan.FileName), new ChaosPlan(behavior).ToString());
        Signal(before, Signals.Kill);
        // It has subscribed, or has died again: both is what the fault begins with.
        _ = Waiting.Until(
            () => ProductPid(victim) is var pid && pid != 0 && pid != before
                && TryStatus()?.Products.Any(p => p.Name == MachineFolders.ProductName(victim) && p.Pid == pid && p.State is "judging" or "demoted") == true,
            TimeSpan.FromSeconds(2));
    }

    /// <summary>Makes the victim a good product again and, when its process runs, ends that so that a new one begins.</summary>
    public void Calm()
    {
        File.WriteAllText(Path.Join(Folders.Content(_victim), ChaosPlan.FileName), new ChaosPlan(ChaosBehavior.Behaves).ToString());
        _ = TrySignal(ProductPid(_victim), Signals.Kill);
    }

    /// <summary>What it left behind of the kernel's, once it was disposed; its own file systems are removed after that look.</summary>
    public LeftoverObjects? Leftovers { get; private set; }

    /// <summary>Its log, once it was disposed.</summary>
    public string LastLog { get; private set; } = "";

    /// <summary>Stops it in order, whatever state it is in, and removes its files.</summary>
    public void Dispose()
    {
        foreach (MachineProcess process in Processes())
            _ = TrySignal(process.Pid, Signals.Continue);
        _ = TrySignal(_up.HasExited ? 0 : Keeper, Signals.Terminate);
        if (!_up.WaitForExit(StopPatience))
        {
            foreach (MachineProcess process in Processes())
                _ = TrySignal(process.Pid, Signals.Kill);
            _up.WaitForExit();
        }

        Probe?.Dispose();
        _killer.Kill(entireProcessTree: true);
        _killer.WaitForExit();
        _killer.Dispose();
        _up.Dispose();
        // What was killed is gone when the kernel has done with it.
        _ = Waiting.Until(() => (Leftovers = LeftoverObjects.OfEnded(this)).Counts.Count == 0, TimeSpan.FromSeconds(6));
        LastLog = Log();
        Folders.Dispose();
    }
}
