using System.Text;
using Outwork.Contracts.Control;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Faults;

/// <summary>What is wrong with what is read: policies that are applied, files of policy, content.</summary>
internal static class InputFaults
{
    private const string Kept = "refused with the place of the fault; what was in force stays in force";
    private const string KeptContent = "not taken; the content that was in force stays in force, and the product says so";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Apply("policy applied that is no YAML", static _ => "rules: [ {{{ \n"),
        Apply("policy applied with an unknown key", static machine => machine.Folders.PolicyText() + "unknown: true\n"),
        Apply("policy applied that is empty", static _ => ""),
        Apply("policy applied that is noise", static _ => new string([.. Enumerable.Range(0, 4096).Select(static i => (char)(32 + (i * 151 % 1000)))])),
        Apply("policy applied that is cut short", static machine => machine.Folders.PolicyText()[..^30]),
        Apply("policy applied that asks nobody known", static machine => machine.Folders.PolicyText().Replace("ask: [guard-0]", "ask: [GUARD 0]", StringComparison.Ordinal)),
        Apply("policy applied of two million characters", static _ => "version: 1\nrules:\n" + new string('#', 2_000_000)),
        Stored("stored policy cut short", static (file, whole) => File.WriteAllText(file, whole[..(whole.Length / 2)])),
        Stored("stored policy emptied", static (file, _) => File.WriteAllText(file, "")),
        Stored("stored policy overwritten with noise", static (file, _) => File.WriteAllBytes(file, [.. Enumerable.Range(0, 4096).Select(static i => (byte)(i * 151))])),
        Stored("stored policy replaced by a folder", static (file, _) =>
        {
            File.Delete(file);
            Directory.CreateDirectory(file);
        }),
        Content("content that does not load", static folder => File.WriteAllText(Path.Join(folder, ChaosPlan.FileName), "nonsense\n")),
        Content("content emptied", static folder => File.Delete(Path.Join(folder, ChaosPlan.FileName))),
        Scanner("broken rule in the content", static folder => File.WriteAllText(Path.Join(folder, "broken.yar"), "rule Broken {\n  condition: nonsense\n}\n")),
        Scanner("broken list in the content", static folder => File.AppendAllText(Path.Join(folder, "deny.sha256"), "this is no hash\n")),
        Scanner("giant file in the content", static folder =>
        {
            using FileStream giant = File.Create(Path.Join(folder, "giant.yar"));
            giant.SetLength(1L << 40);
        }),
        Scanner("pipe in place of content", static folder => Programs.Run("mkfifo", Path.Join(folder, "pipe.yar"))),
        Scanner("device in place of content", static folder => _ = File.CreateSymbolicLink(Path.Join(folder, "zero.yar"), "/dev/zero")),
        Scanner("loop of links in the content", static folder => _ = File.CreateSymbolicLink(Path.Join(folder, "loop.yar"), "loop.yar")),
        Scanner("content that cannot be read", static folder => File.SetUnixFileMode(Path.Join(folder, "deny.sha256"), UnixFileMode.None)),
        Scanner("content folder emptied while in use", static folder =>
        {
            foreach (string file in Directory.EnumerateFiles(folder))
                File.Delete(file);
        }),
        Scanner("content replaced a hundred times", static folder =>
        {
            for (int i = 0; i < 100; i++)
                File.WriteAllText(Path.Join(folder, "changing.yar"), $"rule Changing{i} {{ condition: false }}\n");
        }),
    ];

    private static Fault Apply(string name, Func<FaultedMachine, string> text) => Hit(name) with
    {
        Description = "Sent to the agent as `outwork policy apply` does.",
        Inject = machine => machine.Ask(new ControlRequest { Operation = ControlOperations.PolicyApply, PolicyText = text(machine), PolicySource = "fault" }),
        Return = Kept,
        Lasts = TimeSpan.FromMilliseconds(500),
    };

    // What `policy apply` stored is spoilt, and the agent that reads it is started again.
    private static Fault Stored(string name, Action<string, string> spoil) => Hit(name) with
    {
        Description = "The policy that was applied last is spoilt on disk, and the agent is started again.",
        Prepare = static machine => machine.Ask(new ControlRequest { Operation = ControlOperations.PolicyApply, PolicyText = machine.Folders.PolicyText(), PolicySource = "fault" }),
        Inject = machine =>
        {
            foreach (string file in StoredPolicies(machine))
                spoil(file, File.ReadAllText(file));
            FaultedMachine.Signal(machine.Pid(MachineRole.Agent), Signals.Kill);
        },
        Repair = static machine =>
        {
            foreach (string path in Directory.EnumerateDirectories(Path.Join(machine.Folders.State, "agent"), "policy*"))
                Directory.Delete(path);
        },
        AgentEnds = 1,
        Return = "passed over and counted; the administrator's file is in force",
    };

    private static string[] StoredPolicies(FaultedMachine machine)
    {
        string[] found = Directory.GetFiles(Path.Join(machine.Folders.State, "agent"), "policy*", SearchOption.AllDirectories);
        return found.Length > 0 ? found : throw new InvalidOperationException("no policy was stored");
    }

    private static Fault Content(string name, Action<string> spoil) => Hit(name) with
    {
        Description = "In the content folder of a product that refuses it.",
        Prepare = static machine =>
        {
            _ = machine.NextVictim();
            machine.Aim();
        },
        Inject = machine => spoil(machine.Folders.Content(machine.Victim)),
        Repair = static machine => File.WriteAllText(Path.Join(machine.Folders.Content(machine.Victim), ChaosPlan.FileName), "Behaves\n"),
        HitsVictim = true,
        Return = KeptContent,
    };

    private static Fault Scanner(string name, Action<string> spoil) => Hit(name) with
    {
        Description = "In the content folder of ExecGuard.",
        Prepare = static machine =>
        {
            machine.TakeExecGuard();
            machine.Aim();
            _ = machine.WaitUntilJudging(TimeSpan.FromSeconds(5));
        },
        Inject = machine => spoil(machine.Folders.Content(MachineFolders.ExecGuard)),
        Repair = static machine => machine.Folders.RestoreExecGuardContent(),
        Return = KeptContent,
    };

    private static Fault Hit(string name) => new()
    {
        Name = name,
        Group = FaultGroup.Input,
        Description = name,
        Inject = static _ => { },
        Lasts = TimeSpan.FromSeconds(1),
        Return = Kept,
    };
}
