using System.Reflection;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;
using Outwork.Warden.Observation;
using Outwork.Warden.Supervision;

namespace Outwork.Warden;

/// <summary>The warden: prepares what the others need, runs them, and leaves nothing behind.</summary>
internal static class WardenProcess
{
    // As its own limit of threads.
    private const int AgentProcesses = 128;

    private const int TrialProcesses = 64;
    private const int LongestReason = 1_000;
    private const long TrialMemory = 512L * 1024 * 1024;

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(3);

    // A service manager starts us again at once, which is for a warden that was killed.
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(5);

    public static int Run(ReadOnlySpan<string> arguments)
    {
        // Whoever started us may have left one that makes folders which everybody can write.
        CurrentProcess.SetCreationMask(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        if (WardenOptions.Parse(arguments, out string fault) is not { } options)
        {
            Output.WriteError(fault);
            return ExitCode.Usage;
        }

        if (!CurrentProcess.IsRoot)
        {
            Output.WriteError("needs root, to see and judge what the machine runs. Run it with sudo.");
            return ExitCode.NeedsRoot;
        }

        using ServiceNotifier? notifier = ServiceNotifier.FromEnvironment(out string unreachable);
        if (unreachable.Length > 0)
            Output.WriteError($"the service manager is not told anything: {unreachable}");
        try
        {
            return Run(options, notifier);
        }
        catch (Exception e) when (IsLostResource(e) || e is ArgumentException)
        {
            Output.WriteError(e.Message);
            if (notifier is not null)
            {
                _ = notifier.TellStatus($"failed, protection is off: {e.Message}");
                new DescriptorPause(FailurePause).Wait();
            }

            return ExitCode.Failure;
        }
    }

    private static bool IsLostResource(Exception e) => e is LinuxException or IOException or UnauthorizedAccessException;

    private static int Run(WardenOptions options, ServiceNotifier? notifier)
    {
        // Not for a part of the machine, which is how one tries a build of one's own.
        if (options.Mount == "/" && TrustedPrograms.FindWritable(options) is { } writable)
        {
            throw new UnauthorizedAccessException(
                $"{writable}: not root's alone to write, and root would run it, or what is in it. Start with ./outwork up, which " +
                "copies programs and runtime to /var/lib/outwork, or: chown root:root and chmod go-w " + writable);
        }

        // Before there is another process: all of them are to be in the groups below.
        DelegatedControlGroup? delegated = EnterDelegatedGroup(options);
        var directory = new RunDirectory(options.RunDirectory, delegated?.Path);
        directory.Create();
        using InstanceLock? instanceLock = TakeLock(directory);
        if (instanceLock is null)
        {
            int holder = InstanceLock.ReadHolder(directory.LockPath);
            Output.WriteError($"Outwork already runs here (warden pid {holder}). See: {HowToSee(holder)}");
            _ = notifier?.TellStatus($"already runs here (warden pid {holder}), not as this service");
            return ExitCode.AlreadyRuns;
        }

        try
        {
            return Supervise(options, directory, instanceLock, delegated, notifier);
        }
        finally
        {
            Remove(directory);
        }
    }

    // What cannot be removed is the next warden's, and no reason to hide how this one ended.
    internal static void Remove(RunDirectory directory)
    {
        try
        {
            TellLeft(directory.Remove());
        }
        catch (Exception e) when (IsLostResource(e))
        {
            Output.WriteError(e.Message);
        }
    }

    private static void TellLeft(int groups)
    {
        if (groups > 0)
            Output.WriteError($"{groups} control group(s) hold processes that do not end; they can start no others");
    }

    private static DelegatedControlGroup? EnterDelegatedGroup(WardenOptions options)
    {
        if (!options.HasDelegatedGroup)
            return null;
        DelegatedControlGroup? group = DelegatedControlGroup.Enter("warden", out string fault);
        if (group is null)
            Output.WriteError($"--delegated-group: {fault}; the processes share the group that they were started in");
        return group;
    }

    private static int Supervise(
        WardenOptions options, RunDirectory directory, InstanceLock instanceLock, DelegatedControlGroup? delegated, ServiceNotifier? notifier)
    {
        using OutputThread output = Output.WriteBeside();
        using var stop = new StopRequest();
        using Lifeline? parent = TakeParent(options);
        using SafeFileHandle listener = directory.ListenForControl();
        var groups = new ControlGroups(options.RunDirectory, ControlGroupHierarchies.Find(delegated?.Path));

        // What a warden left that was killed.
        int left = groups.Remove();
        TellLeft(left);
        var state = new StateDirectories(options.StateDirectory, options.ProgramDirectory, isLastRunOver: left == 0);
        SupervisedChild[] children = PrepareChildren(options, state, groups, delegated, out List<TrialPlan> trials, out List<ProductDownCommand> refused);
        SupervisedChild trialChild = PrepareTrial(trials, groups, delegated);
        CurrentProcess.AdoptOrphans();
        Environment.CurrentDirectory = "/";
        LoadAssemblies();

        // What the preparation took is not needed again, and nothing that follows takes as much.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        var launcher = new LinuxProcessLauncher();
        var programs = new ChildPrograms(options, delegated);
        using var observer = new ProductObserver(TimeProvider.System);
        var trial = new TrialWatch(trialChild, trials, launcher, programs, state, observer, TimeProvider.System);
        var starter = new ChildStarter(launcher, programs, state, listener, observer, trial);
        using var progress = ProgressPage.Create();
        WatchdogPing? ping = WatchdogPing.Create(notifier, options.Keeper is null ? null : parent, BrokerWatch.Period);
        using var watch = new BrokerWatch(progress, ping);
        watch.Start();
        var supervisor = new Supervisor(
            options, launcher, programs, starter, children, refused, trial, instanceLock, progress, watch, observer, new ServiceReport(notifier, ping), TimeProvider.System);
        try
        {
            return supervisor.Run(stop.Handle, parent?.Handle);
        }
        catch (Exception e) when (supervisor.HasGuarded && IsLostResource(e))
        {
            Output.WriteError($"{e.Message}; protection is off");
            return ExitCode.ProtectionLost;
        }
    }

    private static string HowToSee(int holder)
    {
        string groups = $"/proc/{holder}/cgroup";
        bool isService = File.Exists(groups) && File.ReadAllText(groups).Contains("/outwork.service", StringComparison.Ordinal);
        return isService ? "systemctl status outwork" : "outwork status";
    }

    private static Lifeline? TakeParent(WardenOptions options)
    {
        if (options.ParentDescriptor is not { } number)
            return null;
        SafeFileHandle? end = InheritedDescriptors.Take(number);
        return end is null ? throw new ArgumentException($"--parent-fd {number}: not an open descriptor") : new Lifeline(end);
    }

    // A warden that was killed leaves a broker that is just ending and still shares the lock.
    internal static InstanceLock? TakeLock(RunDirectory directory)
    {
        var poll = new DescriptorPoll();
        long deadline = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds;
        while (true)
        {
            // The one that ends in the meantime removes what was created above.
            directory.Create();
            if (InstanceLock.TryTake(directory.LockPath) is { } taken)
            {
                directory.Create();
                return taken;
            }

            int holder = InstanceLock.ReadHolder(directory.LockPath);
            bool holderRuns = holder != 0 && PidDescriptor.IsProcess(holder);
            if (holderRuns || Environment.TickCount64 >= deadline)
                return null;
            poll.Wait(LockRetry);
        }
    }

    private static SupervisedChild[] PrepareChildren(
        WardenOptions options, StateDirectories state, ControlGroups groups, DelegatedControlGroup? delegated,
        out List<TrialPlan> trials, out List<ProductDownCommand> refused)
    {
        (trials, refused) = ([], []);
        var planner = new ProductPlanner(options, groups, delegated);
        DynamicUsers users = DynamicUsers.FromSystem();
        uint agent = users.Take("agent");
        if (state.PrepareAgent(agent) is { } refusal)
            throw new IOException(refusal);
        List<string> agentGroups = groups.CreateForProcesses("agent", AgentProcesses);
        delegated?.KeepApart(agentGroups, "agent");
        List<SupervisedChild> children = [new(ProcessRole.Agent, "agent", agent, product: null, TimeProvider.System) { ControlGroups = agentGroups }];
        foreach (ProductOption product in options.Products)
        {
            uint user = users.Take("product/" + product.Name);
            List<string> refusals = [];
            if (PrepareProduct(product, planner, options, state, user, agent, refusals) is not { } prepared)
            {
                foreach (string reason in refusals)
                    Output.WriteError($"{product.Name} is NOT STARTED: {reason}");
                refused.Add(new ProductDownCommand(product.Name, IsFinal: true, Shortened(string.Join("; ", refusals))));
                continue;
            }

            children.Add(new SupervisedChild(ProcessRole.Product, product.Name, user, prepared, TimeProvider.System));
            trials.Add(planner.PlanTrial(prepared, users.Take("trial/" + product.Name)));
        }

        return [.. children];
    }

    // Null: the product does not start.
    private static ProductPlan? PrepareProduct(
        ProductOption product, ProductPlanner planner, WardenOptions options, StateDirectories state, uint user, uint agent, List<string> refusals)
    {
        if (planner.Plan(product, refusals) is not { } plan)
            return null;
        state.PrepareContent(product.Name);
        if (state.PreparePackages(product.Name, agent) is { } fault)
            Output.WriteError($"{product.Name} gets no packaged content: {fault}");
        return PrepareData(options, state, plan, user, refusals);
    }

    // For one message, and for one line; the log has all of it.
    private static string Shortened(string reason) => reason.Length <= LongestReason ? reason : reason[..LongestReason] + "...";

    // Its own group comes first, and then those of the instances that it starts, in which whatever is left of them is found.
    private static SupervisedChild PrepareTrial(List<TrialPlan> trials, ControlGroups groups, DelegatedControlGroup? delegated)
    {
        // It reads what a less privileged process sends: whatever that is, it takes no more of this machine.
        List<string> own = groups.Create("trial", new ResourceLimits(TrialMemory, Environment.ProcessorCount * 100, TrialProcesses), out _);
        delegated?.KeepApart(own, "trial");
        return new SupervisedChild(ProcessRole.Trial, "trial", user: 0, product: null, TimeProvider.System)
        {
            ControlGroups = own,
            FurtherGroups = [.. trials.SelectMany(static plan => plan.Product.ControlGroups)],
        };
    }

    // Null: the product does not start.
    private static ProductPlan? PrepareData(WardenOptions options, StateDirectories state, ProductPlan plan, uint user, List<string> refusals)
    {
        if (!plan.Grant.Data)
            return plan;
        if (plan.LimitsDataFolder)
        {
            if (state.PrepareDataVolume(plan.Name, plan.Grant.DataMiB, user) is not { } refusal)
                return plan;
            if (!options.AllowWeakerConfinement)
            {
                refusals.Add(refusal);
                return null;
            }

            Output.WriteError($"WARNING: {plan.Name} runs with WEAKER CONFINEMENT: its data folder is not limited: {refusal}");
        }

        if (state.PrepareDataFolder(plan.Name, user) is { } fault)
        {
            refusals.Add(fault);
            return null;
        }

        return plan with { LimitsDataFolder = false };
    }

    // Loading one later would open a file while files are judged, and a warden that waits for the broker cannot end it.
    private static void LoadAssemblies()
    {
        foreach (AssemblyName name in typeof(WardenProcess).Assembly.GetReferencedAssemblies())
            _ = Assembly.Load(name);
        foreach (AssemblyName name in typeof(LinuxProcessLauncher).Assembly.GetReferencedAssemblies())
        {
            if (name.Name is { } simple && simple.StartsWith("System.", StringComparison.Ordinal) && !IsOfOthers(simple))
                _ = Assembly.Load(name);
        }
    }

    // Only the broker, the agent and the launcher use what is in these; each takes half a megabyte.
    private static bool IsOfOthers(string assembly) =>
        assembly is "System.Collections.Immutable" or "System.Net.Sockets" or "System.Security.Cryptography";
}
