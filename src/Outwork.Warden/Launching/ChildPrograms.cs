using System.Globalization;
using System.Runtime.InteropServices;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Warden.Supervision;

namespace Outwork.Warden.Launching;

/// <summary>How each of our processes is started: program, arguments, environment, descriptors, user.</summary>
/// <param name="options">The warden's options.</param>
/// <param name="delegated">Where each process gets a control group of its own; null without a service manager's.</param>
internal sealed class ChildPrograms(WardenOptions options, DelegatedControlGroup? delegated)
{
    private const string SessionVariable = "OUTWORK_SESSION_FD";
    private const string ControlVariable = "OUTWORK_CONTROL_FD";
    private const string ListenVariable = "OUTWORK_LISTEN_FD";
    private const string ContentVariable = "OUTWORK_CONTENT_DIR";
    private const string PackageVariable = "OUTWORK_PACKAGE_DIR";
    private const string PackagesVariable = "OUTWORK_PACKAGES_DIR";
    private const string DataVariable = "OUTWORK_DATA_DIR";
    private const string PolicySourceVariable = "OUTWORK_POLICY_SOURCE";
    private const string TrialVariable = "OUTWORK_TRIAL_FD";
    private const int FirstDescriptor = 3;

    private readonly SandboxLayout _layout = new(options.RunDirectory);

    private string Launcher => Path.Join(options.ProgramDirectory, "outwork-warden");

    /// <summary>
    /// The broker: user 0 with the capabilities that guarding needs (<see cref="ReducedRoot"/>), in the machine's own mount
    /// namespace, whose mounts it guards. It gets SIGKILL when we end, also while it stands still: nobody else could let go whoever waits for it.
    /// </summary>
    public ProcessSpec Broker(SafeHandle link, SafeHandle instanceLock, SafeHandle progress)
    {
        List<KeyValuePair<string, string>> environment = ChildEnvironment.Create();
        ProcessSpec spec = new()
        {
            Program = Launcher,
            Arguments =
            [
                "launch", LaunchCommand.BrokerOption, "3", "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                .. delegated is null ? [] : (string[])[LaunchOptions.ControlGroup, delegated.Create("broker")],
                "--", Path.Join(options.ProgramDirectory, "outwork-broker"),
            ],
            Environment = environment,
        };
        return Inherit(spec, environment, (WardenLinkClient.Variable, link), (InstanceLock.Variable, instanceLock), (ProgressPage.Variable, progress));
    }

    public ProcessSpec Agent(SupervisedChild agent, StateDirectories state, SafeHandle session, SafeHandle control, SafeHandle listener, SafeHandle renewal, SafeHandle offer, SafeHandle trial)
    {
        List<KeyValuePair<string, string>> environment = ChildEnvironment.Create();
        ChildEnvironment.AddTelemetry(environment);
        environment.Add(new(PolicySourceVariable, options.PolicyFile ?? "built-in"));
        string policy = options.PolicyFile is null
            ? Path.Join(_layout.Programs, "policy", "default.yaml")
            : Path.Join(_layout.Policy, Path.GetFileName(options.PolicyFile));

        // It exports over the network, and its files are where the administrator said; the rest is a product's.
        environment.Add(new(PackagesVariable, _layout.Packages));
        List<string> confinement = ["--state", state.Agent, LaunchOptions.Packages, state.AllPackages, LaunchOptions.Network, LaunchOptions.Yes];
        LaunchOptions.AddControlGroups(confinement, agent.ControlGroups);
        if (options.PolicyFile is not null)
            confinement.AddRange(["--policy", options.PolicyFile]);
        if (options.UpdatesFile is not null)
            confinement.AddRange([LaunchOptions.Updates, Path.GetDirectoryName(options.UpdatesFile)!]);
        string[] command =
        [
            Path.Join(options.ProgramDirectory, "outwork-agent"),
            "--policy", policy, "--state", _layout.State, "--export", Path.Join(_layout.State, "export"),
            .. options.UpdatesFile is null ? [] : (string[])["--updates", Path.Join(_layout.Updates, Path.GetFileName(options.UpdatesFile))],
        ];
        ProcessSpec spec = Confined(agent.User, confinement, command, environment, descriptors: 6);
        return Inherit(spec, environment, (SessionVariable, session), (ControlVariable, control), (ListenVariable, listener), (SessionRenewal.Variable, renewal), (SessionRenewal.OfferVariable, offer), (TrialVariable, trial));
    }

    public ProcessSpec Product(
        ProductPlan product, uint user, StateDirectories state, SafeHandle session, SafeHandle renewal, SafeHandle offer, SafeHandle log, SafeHandle reporter)
    {
        List<KeyValuePair<string, string>> environment = ChildEnvironment.Create();
        environment.Add(new(ContentVariable, _layout.Content));
        environment.Add(new(PackageVariable, _layout.Packaged));
        List<string> confinement = ["--content", state.Content(product.Name), LaunchOptions.Packaged, state.Packages(product.Name)];
        if (product.Grant.Data)
        {
            if (product.LimitsDataFolder)
                confinement.AddRange([LaunchOptions.DataImage, state.DataVolume(product.Name).Image]);
            else
                confinement.AddRange(["--state", state.DataFolder(product.Name)]);
            environment.Add(new(DataVariable, _layout.State));
        }

        LaunchOptions.AddTo(confinement, product, options.AllowWeakerConfinement);

        // Closed before the product runs: it is the first beyond those that the product gets.
        const int reporterNumber = FirstDescriptor + 3;
        confinement.AddRange([LaunchOptions.Reporter, reporterNumber.ToString(CultureInfo.InvariantCulture)]);
        ProcessSpec spec = Confined(user, confinement, [product.Program], environment, descriptors: 3);
        spec = Inherit(spec, environment, (SessionVariable, session), (SessionRenewal.Variable, renewal), (SessionRenewal.OfferVariable, offer));
        return spec with
        {
            Descriptors =
            [
                new(session, FirstDescriptor), new(renewal, FirstDescriptor + 1), new(offer, FirstDescriptor + 2), new(reporter, reporterNumber),
                new(log, 1), new(log, 2),
            ],
        };
    }

    /// <summary>
    /// The trial: user 0 with the capabilities that it takes to start a product in its confinement (<see cref="ReducedRoot"/>). What may be
    /// tried, and how it is confined, is on its command line; whoever asks for a trial names a product and a slot.
    /// </summary>
    public ProcessSpec Trial(SupervisedChild trial, IReadOnlyList<TrialPlan> plans, StateDirectories state, SafeHandle requests, SafeHandle log)
    {
        List<KeyValuePair<string, string>> environment = ChildEnvironment.Create();
        environment.Add(new(TrialVariable, FirstDescriptor.ToString(CultureInfo.InvariantCulture)));
        List<string> arguments = ["launch", LaunchCommand.TrialOption, "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];
        LaunchOptions.AddControlGroups(arguments, trial.ControlGroups);
        arguments.AddRange(["--", Path.Join(options.ProgramDirectory, "outwork-trial"), "--launcher", Launcher, "--run-dir", options.RunDirectory, "--bin", options.ProgramDirectory]);
        foreach (TrialPlan plan in plans)
        {
            List<string> confinement = ["--content", state.Content(plan.Product.Name)];
            if (plan.Product.Grant.Data)
                confinement.AddRange([LaunchOptions.Scratch, (plan.Product.Grant.DataMiB * 1024L * 1024L).ToString(CultureInfo.InvariantCulture)]);
            LaunchOptions.AddTo(confinement, plan.Product, options.AllowWeakerConfinement);
            arguments.AddRange(
            [
                "--product", plan.Product.Name, "--program", plan.Product.Program,
                "--user", plan.User.ToString(CultureInfo.InvariantCulture), LaunchOptions.Packages, state.Packages(plan.Product.Name),
            ]);
            foreach (string option in confinement)
                arguments.AddRange(["--launch", option]);
        }

        return new ProcessSpec
        {
            Program = Launcher,
            Arguments = arguments,
            Environment = environment,
            Descriptors = [new(requests, FirstDescriptor), new(log, 1), new(log, 2)],
        };
    }

    /// <summary>Ends all processes of a user.</summary>
    public ProcessSpec EndUser(uint user) => new()
    {
        Program = Launcher,
        Arguments = ["launch", LaunchCommand.EndUserOption, user.ToString(CultureInfo.InvariantCulture)],
        Environment = ChildEnvironment.Create(),
        Descriptors = [new(StandardStreams.Error, 2)],
    };

    private ProcessSpec Confined(
        uint user, List<string> confinement, string[] command, List<KeyValuePair<string, string>> environment, int descriptors) =>
        new()
        {
            Program = Launcher,
            Arguments =
            [
                "launch",
                "--uid", user.ToString(CultureInfo.InvariantCulture),
                "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
                "--descriptors", descriptors.ToString(CultureInfo.InvariantCulture),
                "--run-dir", options.RunDirectory,
                "--bin", options.ProgramDirectory,
                .. confinement,
                "--",
                .. command,
            ],
            Environment = environment,
        };

    private static ProcessSpec Inherit(
        ProcessSpec spec, List<KeyValuePair<string, string>> environment, params ReadOnlySpan<(string Variable, SafeHandle Handle)> inherited)
    {
        // What a child says is a diagnosis; our own standard output is for whoever waits for protection.
        var descriptors = new InheritedDescriptor[inherited.Length + 1];
        descriptors[^1] = new InheritedDescriptor(StandardStreams.Error, 1);
        for (int i = 0; i < inherited.Length; i++)
        {
            descriptors[i] = new InheritedDescriptor(inherited[i].Handle, FirstDescriptor + i);
            environment.Add(new(inherited[i].Variable, (FirstDescriptor + i).ToString(CultureInfo.InvariantCulture)));
        }

        return spec with { Descriptors = descriptors };
    }
}
