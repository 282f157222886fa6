using Outwork.Cli.Output;
using Outwork.Cli.Policies;
using Outwork.Cli.Products;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Status;

/// <summary>The status for people.</summary>
internal sealed class StatusView(Terminal terminal, Instants instants)
{
    public void Write(StatusSnapshot status)
    {
        WriteProtection(status);
        Processes(status.Processes).WriteTo(terminal);
        ProductSheet.Of(status.Products).WriteTo(terminal);
        Mechanisms(status.Mechanisms).WriteTo(terminal);
        WritePolicy(status.Policy);
        Counters(status.Counters).WriteTo(terminal);
        Latencies(status.Latencies).WriteTo(terminal);
    }

    private void WriteProtection(StatusSnapshot status)
    {
        string version = TerminalText.Escape(status.Version);
        if (status.Protecting)
        {
            string since = status.ProtectingSinceUnixNs == 0
                ? ""
                : $" since {instants.Full(status.ProtectingSinceUnixNs)} ({instants.Since(status.ProtectingSinceUnixNs)})";
            terminal.WriteLine($"Outwork {version}: protection is on{since}.", Styles.Good);
        }
        else
        {
            terminal.WriteLine($"Outwork {version}: protection is OFF. Nothing is refused.", Styles.Bad);
        }

        if (status.Guarded.Length > 0)
            terminal.WriteLine($"Guarded: {string.Join(", ", status.Guarded.Select(TerminalText.Escape))}");
        IdleProducts.WriteTo(terminal, instants, status.Products);
        foreach (string mount in status.NotGuarded)
            terminal.WriteLine($"Not guarded: {TerminalText.Escape(mount)}", Styles.Warning);
    }

    private static Sheet Processes(ProcessStatus[] processes)
    {
        var sheet = new Sheet("Processes", "ROLE", "NAME", "PID", "STATE", "USER", "RESTARTS");
        foreach (ProcessStatus process in processes)
        {
            sheet.Add(
                process.State == "running" ? null : Styles.Warning,
                process.Role, process.Name, $"{process.Pid}", process.State, $"{process.UserId}", $"{process.Restarts}");
        }

        return sheet;
    }

    private static Sheet Mechanisms(MechanismStatus[] mechanisms)
    {
        var sheet = new Sheet("Mechanisms", "NAME", "IN FORCE", "DETAIL", "LOST WITHOUT IT");
        foreach (MechanismStatus mechanism in mechanisms)
        {
            sheet.Add(
                mechanism.InForce ? null : Styles.Warning,
                mechanism.Name, mechanism.InForce ? "yes" : "no", mechanism.Detail, mechanism.InForce ? "" : mechanism.Lost);
        }

        return sheet;
    }

    private void WritePolicy(PolicyStatus? policy)
    {
        terminal.WriteLine();
        if (policy is null)
        {
            terminal.WriteLine("Policy: none", Styles.Warning);
            return;
        }

        terminal.WriteLine(
            $"Policy: generation {policy.Generation}, {RuleCount.Of(policy.Rules)}, from {TerminalText.Escape(policy.Source)}, applied {instants.Full(policy.AppliedUnixNs)}");
    }

    private static Sheet Counters(CounterStatus[] counters)
    {
        var sheet = new Sheet("Counters (those that are not zero)", "NAME", "VALUE");
        foreach (CounterStatus counter in counters.Where(c => c.Value != 0))
            sheet.Add(null, counter.Name, $"{counter.Value}");
        return sheet;
    }

    private static Sheet Latencies(LatencyStatus[] latencies)
    {
        var sheet = new Sheet("Latencies", "STAGE", "COUNT", "P50", "P99", "MAX");
        foreach (LatencyStatus latency in latencies.Where(l => l.Count != 0))
        {
            sheet.Add(
                null, latency.Stage, $"{latency.Count}",
                Instants.Microseconds(latency.P50), Instants.Microseconds(latency.P99), Instants.Microseconds(latency.Max));
        }

        return sheet;
    }
}
